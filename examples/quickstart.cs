// A whole conversation with a customer, in C#.
//
// What it prints, and the arguments, stand at the top of quickstart.rs.
//
//   mcs -out:quickstart.exe examples/quickstart.cs bindings/csharp/YmChat.cs
//   YMCHAT_LIBRARY=target/release/libymchat.so YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=… mono quickstart.exe

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using YmChat;

internal enum Task
{
    Read,
    Send,
    Converse
}

internal sealed class Quickstart
{
    private const string Answer = "Здравствуйте, Екатерина! Сахар тоже входит: 200 г. Вот сахарница 👇";
    private const string PictureName = "сахарница.png";

    // A picture of 4 × 4 pixels.
    private static readonly byte[] Picture = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAEAQAAAACBiqPTAAAADklEQVR42mNIYPgAhAkACogCoUIFPdsAAAAASUVORK5CYII=");

    private readonly YmChatClient _market;
    private readonly TextWriter _out;

    private Quickstart(YmChatClient market, TextWriter output)
    {
        _market = market;
        _out = output;
    }

    private static int Main(string[] arguments)
    {
        // UTF-8 and LF on every system.
        var utf8 = new UTF8Encoding(false);
        using (var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { NewLine = "\n" })
        using (var errors = new StreamWriter(Console.OpenStandardError(), utf8) { NewLine = "\n" })
        {
            var task = Task.Read;
            long chatId = 0;
            string text = Answer;
            if (arguments.SequenceEqual(new[] { "--simulated" }))
                task = Task.Converse;
            else if (arguments.Length == 3 && arguments[0] == "--send" && TryId(arguments[1], out chatId))
            {
                task = Task.Send;
                text = arguments[2];
            }
            else if (arguments.Length > 0)
            {
                errors.WriteLine("quickstart: the arguments are: [--send CHAT_ID TEXT | --simulated]");
                return 2;
            }
            try
            {
                Run(task, chatId, text, output);
                return 0;
            }
            catch (Exception error)
            {
                // Without an error of ymchat it is a defect of this program.
                if (!(error is IYmChatError || error is YmChatLibraryException || error is ApplicationException))
                    throw;
                errors.WriteLine("quickstart: " + error.Message);
                return 1;
            }
        }
    }

    private static void Run(Task task, long chatId, string text, TextWriter output)
    {
        string key = Environment.GetEnvironmentVariable("YMCHAT_API_KEY");
        string business = Environment.GetEnvironmentVariable("YMCHAT_BUSINESS_ID");
        string baseUrl = Environment.GetEnvironmentVariable("YMCHAT_BASE_URL");
        long businessId;
        if (key == null || business == null)
            throw new ApplicationException("YMCHAT_API_KEY and YMCHAT_BUSINESS_ID are both needed");
        if (!TryId(business, out businessId))
            throw new ApplicationException("YMCHAT_BUSINESS_ID is not a number");
        if (task == Task.Converse && !(baseUrl ?? "").StartsWith("http://127.0.0.1:", StringComparison.Ordinal))
            throw new ApplicationException("--simulated needs a YMCHAT_BASE_URL that begins with http://127.0.0.1:");
        var config = new YmChatConfig
        {
            ApiKey = key,
            BusinessId = businessId,
            BaseUrl = baseUrl,
            Integration = "ymchat-quickstart/1.0"
        };
        using (var market = new YmChatClient(config))
            new Quickstart(market, output).Talk(business, task, chatId, text);
    }

    private void Talk(string business, Task task, long chatId, string text)
    {
        IList<ChatMessage> messages;
        Chat longest = ShowWaiting(business, out messages);
        if (longest != null)
            ShowHistory(longest);
        if (task == Task.Send)
            messages = _market.GetMessagesSince(chatId);
        else if (task == Task.Converse && longest != null)
            chatId = longest.ChatId;
        else
        {
            _out.WriteLine("Nothing was sent. To answer: --send CHAT_ID TEXT");
            return;
        }
        long known = messages.Count == 0 ? 0 : messages[messages.Count - 1].MessageId;

        var options = new SendOptions
        {
            AfterMessageId = known == 0 ? (long?)null : known,
            ReturnMessageId = true
        };
        SendResult sent = _market.SendMessage(chatId, text, options);
        _out.WriteLine("The shop answers in chat " + Id(chatId) + ":");
        _out.WriteLine("  Shop: " + OnOneLine(text));
        ShowOutcome(sent);
        if (task == Task.Converse)
        {
            sent = _market.SendFile(chatId, PictureName, Picture, options);
            _out.WriteLine("The shop sends a picture:");
            _out.WriteLine("  Shop: [file: " + PictureName + ", " + Id(Picture.Length) + " bytes]");
            ShowOutcome(sent);
        }
        ShowNew(chatId, known);
    }

    // Returns the chat with the most messages, and them.
    private Chat ShowWaiting(string business, out IList<ChatMessage> conversation)
    {
        var waiting = new ChatsOptions { Statuses = { "NEW", "WAITING_FOR_PARTNER" } };
        List<Chat> chats = _market.GetAllChats(waiting).OrderBy(chat => chat.ChatId).ToList();
        _out.WriteLine("Chats of business " + business + " that wait for the shop: " + Id(chats.Count));
        Chat longest = null;
        conversation = null;
        foreach (Chat chat in chats.Take(10))
        {
            _out.WriteLine("  " + ChatLine(chat));
            IList<ChatMessage> messages = _market.GetMessagesSince(chat.ChatId);
            if (messages.Count > 0)
                _out.WriteLine("    " + MessageLine(messages[messages.Count - 1]));
            if (longest == null || messages.Count > conversation.Count)
            {
                longest = chat;
                conversation = messages;
            }
        }
        _out.WriteLine();
        if (longest == null)
            _out.WriteLine("Nobody waits for an answer.\n");
        return longest;
    }

    private void ShowHistory(Chat chat)
    {
        _out.WriteLine("The longest conversation: " + ChatLine(chat));
        var messages = new List<ChatMessage>();
        var options = new HistoryOptions { Limit = 100 };
        int number = 0;
        do
        {
            Page<ChatMessage> page = _market.GetChatHistory(chat.ChatId, options);
            number++;
            _out.WriteLine("  page " + Id(number) + ": " + Id(page.Items.Count) + " messages");
            messages.AddRange(page.Items);
            options.PageToken = page.NextPageToken;
        } while (options.PageToken != null);
        _out.WriteLine("  The last three:");
        // Their order is not documented.
        foreach (ChatMessage message in messages.OrderBy(message => message.MessageId).Skip(messages.Count - 3))
            _out.WriteLine("    " + MessageLine(message));
        _out.WriteLine();
    }

    private void ShowOutcome(SendResult sent)
    {
        string where = sent.MessageId == null ? "" : ", message " + Id(sent.MessageId.Value);
        _out.WriteLine("  " + sent.Outcome + where + "\n");
    }

    private void ShowNew(long chatId, long known)
    {
        IList<ChatMessage> messages = _market.GetMessagesSince(chatId, known);
        for (int turn = 1; turn < 10 && messages.All(message => message.Sender != "CUSTOMER"); turn++)
        {
            Thread.Sleep(1000);
            messages = _market.GetMessagesSince(chatId, known);
        }
        _out.WriteLine("New in chat " + Id(chatId) + ":");
        foreach (ChatMessage message in messages)
            _out.WriteLine("  " + MessageLine(message));
        if (messages.All(message => message.Sender != "CUSTOMER"))
            _out.WriteLine("  The customer has not answered yet.");
    }

    private static string ChatLine(Chat chat)
    {
        ChatContext context = chat.Context;
        string name = context == null ? null : context.CustomerName, about;
        if (context == null)
            about = "about nothing known";
        else if (context.Type == "ORDER")
            about = "about order " + Id(context.OrderId ?? 0);
        else if (context.Type == "RETURN")
            about = "about return " + Id(context.ReturnId ?? 0);
        else if (context.Type == "DIRECT")
            about = "a question about no order";
        else
            about = "about " + context.Type;
        return "chat " + Id(chat.ChatId) + ", " + (name ?? "a customer") + ", " + about;
    }

    private static string MessageLine(ChatMessage message)
    {
        var names = new Dictionary<string, string>
        {
            { "PARTNER", "Shop" },
            { "CUSTOMER", "Customer" },
            { "MARKET", "Market" },
            { "SUPPORT", "Support" }
        };
        string who;
        if (!names.TryGetValue(message.Sender, out who))
            who = message.Sender;
        var line = new StringBuilder(who).Append(':');
        if (!string.IsNullOrEmpty(message.Message))
            line.Append(' ').Append(OnOneLine(message.Message));
        foreach (ChatFile file in message.Files)
        {
            line.Append(" [file: ").Append(file.Name);
            if (file.Size != null)
                line.Append(", ").Append(Id(file.Size.Value)).Append(" bytes");
            line.Append(']');
        }
        return line.ToString();
    }

    private static string OnOneLine(string text)
    {
        return text.Replace("\n", " / ");
    }

    private static string Id(long id)
    {
        return id.ToString(CultureInfo.InvariantCulture);
    }

    private static bool TryId(string text, out long id)
    {
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }
}
