// Runs another program in place of that which carries the runtime; see packaging/dotnet.
using System;
using System.Reflection;

internal class StartupHook
{
    public static void Initialize()
    {
        string program = Environment.GetEnvironmentVariable("HOOK_PROGRAM");
        if (string.IsNullOrEmpty(program))
        {
            Console.WriteLine("Microsoft.NETCore.App " + Environment.Version);
            Environment.Exit(0);
        }
        string[] given = new string[int.Parse(Environment.GetEnvironmentVariable("HOOK_ARGUMENTS"))];
        for (int place = 0; place < given.Length; place++)
            given[place] = Environment.GetEnvironmentVariable("HOOK_ARGUMENT_" + place);
        MethodInfo main = Assembly.LoadFrom(program).EntryPoint;
        object[] arguments = main.GetParameters().Length == 1 ? new object[] { given } : new object[0];
        // DoNotWrapExceptions, which Mono's reference does not know.
        object code = main.Invoke(null, (BindingFlags)0x02000000, null, arguments, null);
        Environment.Exit(code is int ? (int)code : 0);
    }
}
