// Loads the library, and says what happens.

using System;
using YmChat;

internal static class Loading
{
    private static void Main()
    {
        try
        {
            Console.WriteLine("version " + YmChatClient.LibraryVersion);
        }
        catch (YmChatLibraryException error)
        {
            Console.WriteLine(error.GetType().Name + ": " + error.Message);
        }
    }
}
