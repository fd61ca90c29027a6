// Each message in a file, once; a notification, answered; a customer's file, saved; a reply, checked and
// sent. What it prints, and the arguments, stand at the top of inbox.rs.
//
//   mcs -out:inbox.exe examples/inbox.cs bindings/csharp/YmChat.cs
//   YMCHAT_LIBRARY=target/release/libymchat.so YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=… mono inbox.exe inbox.txt
//
// Each line of the file is the token of a result, a tab, and the messages as a JSON array: they are written
// together, and the program may be killed at any moment. Let one program use a file at a time.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using YmChat;

internal sealed class Inbox
{
    private readonly YmChatClient _market;
    private readonly string _file;
    private readonly TextWriter _out;

    private Inbox(YmChatClient market, string file, TextWriter output)
    {
        _market = market;
        _file = file;
        _out = output;
    }

    private static int Main(string[] arguments)
    {
        // UTF-8 and LF on every system.
        var utf8 = new UTF8Encoding(false);
        using (var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { NewLine = "\n" })
        using (var errors = new StreamWriter(Console.OpenStandardError(), utf8) { NewLine = "\n" })
        {
            bool answers = arguments.Length == 4 && arguments[1] == "answer";
            if (arguments.Length != 1 && !answers)
            {
                errors.WriteLine("inbox: the arguments are: FILE [answer FOLDER TEXT]");
                return 2;
            }
            try
            {
                using (YmChatClient market = Open())
                {
                    var inbox = new Inbox(market, arguments[0], output);
                    if (answers)
                        return inbox.Answer(arguments[2], arguments[3]);
                    output.WriteLine("Received " + inbox.Receive(null).Count + " messages.");
                    return 0;
                }
            }
            catch (Exception error)
            {
                // Anything else is a defect of this program.
                if (!(error is IYmChatError || error is YmChatLibraryException || error is ApplicationException ||
                    error is IOException))
                    throw;
                errors.WriteLine("inbox: " + error.Message);
                return 1;
            }
        }
    }

    private static YmChatClient Open()
    {
        string key = Environment.GetEnvironmentVariable("YMCHAT_API_KEY");
        long business;
        if (key == null || !long.TryParse(Environment.GetEnvironmentVariable("YMCHAT_BUSINESS_ID"), out business))
            throw new ApplicationException("YMCHAT_API_KEY and YMCHAT_BUSINESS_ID are both needed");
        string url = Environment.GetEnvironmentVariable("YMCHAT_BASE_URL");
        return new YmChatClient(new YmChatConfig { ApiKey = key, BusinessId = business, BaseUrl = url });
    }

    // ---- The file --------------------------------------------------------------------------------

    private string LastToken()
    {
        using (var file = new FileStream(_file, FileMode.OpenOrCreate, FileAccess.ReadWrite))
        {
            var bytes = new byte[file.Length];
            int size = 0, got;
            while ((got = file.Read(bytes, size, bytes.Length - size)) > 0)
                size += got;
            int whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
            // Half of a line: the step was not taken.
            if (whole < size)
                file.SetLength(whole);
            string last = Encoding.UTF8.GetString(bytes, 0, whole).Split('\n').LastOrDefault(line => line != "");
            return last == null ? "" : last.Substring(0, last.IndexOf('\t'));
        }
    }

    // The line is on the disk when this returns.
    private void Append(SyncResult news)
    {
        IEnumerable<string> messages = news.Chats.SelectMany(found => found.Messages).Select(message => message.Raw);
        // The service may write JSON on several lines; within its strings there is no line end.
        string line = string.Join(",", messages).Replace('\n', ' ').Replace('\r', ' ');
        byte[] bytes = Encoding.UTF8.GetBytes(news.Since + "\t[" + line + "]\n");
        using (var file = new FileStream(_file, FileMode.Append, FileAccess.Write))
        {
            file.Write(bytes, 0, bytes.Length);
            file.Flush(true);
        }
    }

    // Stores what is new, and returns it.
    private List<ChatMessage> Receive(long? chatId)
    {
        var options = new SyncOptions { Start = "all", Scope = "all" };
        if (chatId != null)
            options.ChatIds.Add(chatId.Value);
        var messages = new List<ChatMessage>();
        string since = LastToken();
        for (bool more = true; more;)
        {
            SyncResult news = _market.Sync(since, options);
            Append(news);
            messages.AddRange(news.Chats.SelectMany(found => found.Messages));
            since = news.Since;
            more = news.More;
        }
        return messages;
    }

    // ---- Answering -------------------------------------------------------------------------------

    private int Answer(string folder, string text)
    {
        Notification told;
        using (Stream body = Console.OpenStandardInput())
            told = YmChatClient.ParseNotification(body, new NotificationOptions { Name = "inbox" });
        _out.WriteLine("The Market says " + (told.Accepted ? told.Type : "nothing") + ": answered with "
            + told.ReplyStatus + ".");
        if (told.ChatId == null)
            return told.Accepted ? 0 : 1;

        MessageCheck check = YmChatClient.CheckMessage(text);
        foreach (Finding finding in check.Findings)
            _out.WriteLine("Not sent, because of " + finding.Kind + ": " + finding.Text);
        if (!check.Ok)
            return 1;

        var options = new SendOptions { ReturnMessageId = true };
        foreach (ChatMessage message in Receive(told.ChatId))
        {
            _out.WriteLine("  " + MessageLine(message));
            for (int index = 0; index < message.Files.Count; index++)
            {
                // The name is the customer's, and no path.
                string place = Path.Combine(folder, message.MessageId + "-" + index);
                var again = new DownloadOptions { Overwrite = true };
                DownloadedFile saved = _market.DownloadFile(message.Files[index].Url, place, again);
                _out.WriteLine("  Saved " + saved.Bytes + " bytes.");
            }
            if (message.Sender == "CUSTOMER")
                options.AfterMessageId = message.MessageId;
        }
        if (options.AfterMessageId == null)
        {
            _out.WriteLine("Nothing to answer.");
            return 0;
        }
        SendResult sent = _market.SendMessage(told.ChatId.Value, text, options);
        _out.WriteLine("  Shop: " + text);
        _out.WriteLine("  " + sent.Outcome + ", message " + sent.MessageId);
        return 0;
    }

    private static string MessageLine(ChatMessage message)
    {
        string who = message.Sender;
        if (who == "PARTNER")
            who = "Shop";
        else if (who == "CUSTOMER" || who == "MARKET" || who == "SUPPORT")
            who = who.Substring(0, 1) + who.Substring(1).ToLowerInvariant();
        string line = who + ":";
        if (!string.IsNullOrEmpty(message.Message))
            line += " " + message.Message.Replace("\n", " / ");
        foreach (ChatFile file in message.Files)
            line += " [file: " + file.Name + (file.Size == null ? "" : ", " + file.Size + " bytes") + "]";
        return line;
    }
}
