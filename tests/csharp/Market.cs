// Every operation, each failure and each misuse, against the simulated Market. tests/csharp_binding.rs
// sets the environment: MARKET_URL, MARKET_BUSINESS, MARKET_KEY: the simulated Market. ODD_URL: a server
// that answers by chat id (tests/hosts/mod.rs). SILENT_URL: a server that never answers. NOBODY_URL:
// where nobody listens.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using YmChat;

internal static class Market
{
    private const long BeyondDouble = 9007199254740993;
    private const string Tea = "Чай? \"Да\" \\ нет\t🙂";

    private static YmChatClient _client;

    private static void Check(bool condition, string what)
    {
        if (!condition)
            throw new InvalidOperationException(what);
    }

    private static void Same<T>(T got, T wanted)
    {
        if (!EqualityComparer<T>.Default.Equals(got, wanted))
            throw new InvalidOperationException("got \"" + got + "\" instead of \"" + wanted + "\"");
    }

    // Runs what has to fail with exactly this exception.
    private static T Raised<T>(Action call) where T : Exception
    {
        try
        {
            call();
        }
        catch (Exception error)
        {
            if (error.GetType() == typeof(T))
                return (T)error;
            throw new InvalidOperationException(error.GetType().Name + " instead of " + typeof(T).Name + ": " + error);
        }
        throw new InvalidOperationException("no " + typeof(T).Name);
    }

    private static YmChatError Refused<T>(Action call, string naming, string outcome = null) where T : Exception
    {
        var raised = Raised<T>(call);
        YmChatError error = ((IYmChatError)raised).Error;
        Check(raised.Message.StartsWith(error.Message, StringComparison.Ordinal), raised.Message);
        Check(error.Message.Contains(naming), error.Message);
        Same(error.Outcome, outcome);
        Same((long)error.Status, YmJson.Parse(error.Raw).GetInt64("/status").Value);
        return error;
    }

    private static string Setting(string name)
    {
        string value = Environment.GetEnvironmentVariable(name);
        Check(!string.IsNullOrEmpty(value), name + " is not set");
        return value;
    }

    private static YmChatConfig MarketConfig()
    {
        return new YmChatConfig
        {
            ApiKey = Setting("MARKET_KEY"),
            BusinessId = long.Parse(Setting("MARKET_BUSINESS")),
            BaseUrl = Setting("MARKET_URL"),
            Integration = "ymchat-csharp-tests/1.0"
        };
    }

    // A client of another server. Each has a business of its own, so that none waits for the limits of another.
    private static YmChatClient Other(string url, long businessId, int attemptTimeout = 15000)
    {
        return new YmChatClient(new YmChatConfig
        {
            ApiKey = "ACMA:s3cr3t-k3y",
            BusinessId = businessId,
            BaseUrl = Setting(url),
            AttemptTimeout = TimeSpan.FromMilliseconds(attemptTimeout),
            MaxAttempts = 1
        });
    }

    private static Chat ChatOf(string name)
    {
        return _client.GetAllChats().Single(chat => chat.Context.CustomerName == name);
    }

    // ---- Reading and writing ---------------------------------------------------------------------

    private static void JsonIsReadExactly()
    {
        YmJson json = YmJson.Parse("{\"great\": 9007199254740993, \"least\": -9223372036854775808, \"text\": \"42\","
            + " \"half\": 1.5, \"yes\": true, \"no\": false, \"nothing\": null, \"a/b\": [ 1, {\"~\": \"x\"} ],"
            + " \"said\": \"\\u0427\\u0430\\u0439 \\ud83d\\ude42 \\\"q\\\" \\\\ \\n \\/\"}");
        Same(json.GetInt64("/great"), BeyondDouble);
        Same(json.GetInt64("/least"), long.MinValue);
        Same(json.GetInt64("/text"), 42);
        Same(json.GetInt64("/absent"), null);
        Same(json.GetInt64("/nothing"), null);
        Same(json.GetBoolean("/yes"), true);
        Same(json.GetBoolean("/no"), false);
        Same(json.GetBoolean("/nothing"), null);
        Check(json.Has("/great") && !json.Has("/nothing") && !json.Has("/x/y"), "Has");
        Same(json.Count(""), 9);
        Same(json.Count("/a~1b"), 2);
        Same(json.Count("/absent"), 0);
        Same(json.GetString("/a~1b/1/~0"), "x");
        Same(json.GetString("/said"), "Чай 🙂 \"q\" \\ \n /");
        Same(json.GetString("/absent"), null);
        Same(json.GetRaw("/a~1b"), "[ 1, {\"~\": \"x\"} ]");
        Same(json.GetRaw("/absent"), null);
        Refused<YmChatProtocolException>(() => json.GetString("/great"), "/great");
        Refused<YmChatProtocolException>(() => json.GetBoolean("/great"), "/great");
        Refused<YmChatProtocolException>(() => json.Count("/great"), "/great");
        Refused<YmChatProtocolException>(() => json.GetInt64("/half"), "/half");
        Refused<YmChatProtocolException>(() => json.GetInt64("/said"), "/said");
        Same(json.GetKey("", 0), "great");
        Same(json.GetKey("/a~1b/1", 0), "~");
        Same(json.GetRaw("/nothing"), "null");
        Same(YmJson.Parse("\"a\\u0000b\\ud83d\"").GetString(""), "a\ufffdb\ufffd");
        Raised<ArgumentOutOfRangeException>(() => json.GetKey("", 9));
        Raised<ArgumentOutOfRangeException>(() => json.GetKey("", -1));
        Refused<YmChatArgumentException>(() => json.GetString("great"), "great");
        Refused<YmChatArgumentException>(() => json.Has("great"), "great");
        Refused<YmChatArgumentException>(() => YmJson.Parse("{\"a\": 1"), "not JSON");
        Refused<YmChatArgumentException>(() => YmJson.Parse(null), "null");
        json.Dispose();
        json.Dispose();
        Raised<ObjectDisposedException>(() => json.GetString("/said"));
    }

    private static void OptionsAreJson()
    {
        Same(new ChatsOptions().ToJson(), "{}");
        var options = new ChatsOptions
        {
            Limit = 5,
            PageToken = Tea,
            OrderIds = { 1, BeyondDouble },
            Contexts = { new ContextId("ORDER", 7), new ContextId("RETURN", 8) },
            ContextTypes = { "DIRECT" },
            Types = { "CHAT" },
            Statuses = { "NEW", "FINISHED" },
            CallTimeout = TimeSpan.FromTicks(1),
            Extra = { { "newer", "[null]" } }
        };
        YmJson json = YmJson.Parse(options.ToJson());
        Same(json.Count(""), 9);
        Same(json.GetInt64("/limit"), 5);
        Same(json.GetString("/pageToken"), Tea);
        Same(json.GetInt64("/orderIds/1"), BeyondDouble);
        Same(json.GetString("/contexts/1/type"), "RETURN");
        Same(json.GetInt64("/contexts/1/id"), 8);
        Same(json.GetString("/statuses/1"), "FINISHED");
        Same(json.GetInt64("/callTimeoutMs"), 1);
        Same(json.GetRaw("/newer"), "[null]");
        Same(new SendOptions { Resolve = true, Resend = false }.ToJson(), "{\"resolve\":true,\"resend\":false}");
    }

    // ---- The Market ------------------------------------------------------------------------------

    private static void ChatsAndHistories()
    {
        Page<Chat> page = _client.GetChats(new ChatsOptions { Limit = 5 });
        Same(page.Items.Count, 5);
        Page<Chat> next = _client.GetChats(new ChatsOptions { Limit = 5, PageToken = page.NextPageToken });
        Check(next.Items[0].ChatId != page.Items[0].ChatId, "the second page");
        Check(page.Raw.Contains("nextPageToken"), page.Raw);
        Check(_client.GetAllChats().Count > 20, "all chats");
        var about = new ChatsOptions { Contexts = { new ContextId("ORDER", BeyondDouble) } };
        Chat zoya = _client.GetAllChats(about).Single();
        Same(zoya.Context.OrderId, BeyondDouble);
        Check(zoya.ChatId > BeyondDouble, "a great id");
        Same(_client.GetChat(zoya.ChatId).Context.OrderId, BeyondDouble);
        Same(_client.GetAllChats(new ChatsOptions { Types = { "ARBITRAGE" } }).Count, 2);

        Chat anna = ChatOf("Анна К.");
        Same(anna.Type, "CHAT");
        Check(anna.UpdatedAt > anna.CreatedAt && anna.CreatedAt.Value.Year > 2000, "dates");
        Page<ChatMessage> history = _client.GetChatHistory(anna.ChatId);
        Same(history.Items.Count, 3);
        Same(history.NextPageToken, null);
        Same(history.Items[0].Message, "Здравствуйте! Заказала самовар 🫖, а пришёл без трубы.");
        Same(history.Items[1].Sender, "PARTNER");
        Same(history.Items[1].Files.Count, 0);
        ChatFile file = history.Items[2].Files.Single();
        Same(file.Name, "фото упаковки.png");
        Check(file.Size > 0 && file.Url.StartsWith("http"), file.Url);
        ChatMessage message = _client.GetChatMessage(anna.ChatId, history.Items[1].MessageId);
        Same(message.Raw, history.Items[1].Raw);
        var since = new HistoryOptions { Limit = 1, CallTimeout = TimeSpan.FromMinutes(1) };
        Same(_client.GetMessagesSince(anna.ChatId, message.MessageId, since).Count, 1);
        Raised<NotSupportedException>(() => history.Items.Clear());
    }

    private static void Sends()
    {
        long chat = ChatOf("Анна К.").ChatId;
        long newest = _client.GetMessagesSince(chat).Last().MessageId;
        var options = new SendOptions { ReturnMessageId = true, AfterMessageId = newest };
        SendResult sent = _client.SendMessage(chat, Tea, options);
        Same(sent.Outcome, "sent");
        Same(sent.Attempts, 1);
        Same(_client.GetChatMessage(chat, sent.MessageId.Value).Message, Tea);

        var stream = new MemoryStream(Encoding.UTF8.GetBytes("...1 200 ₽"));
        stream.Position = 3;
        Same(_client.SendFile(chat, "цена.txt", stream).Attempts, 1);
        IList<ChatMessage> messages = _client.GetMessagesSince(chat, newest);
        Same(messages.Count, 2);
        Same(messages[1].Files[0].Name, "цена.txt");
        Same(messages[1].Files[0].Size, 9);
        Same(messages[1].Message, null);
    }

    private static void SendsWithTickets()
    {
        long chat = ChatOf("Анна К.").ChatId;
        string ticket = _client.PrepareSend(chat, Tea);
        Check(ticket.Length > 0 && ticket.Length <= 512, ticket);
        var options = new SendOptions { Ticket = ticket, ReturnMessageId = true };
        SendResult sent = _client.SendMessage(chat, Tea, options);
        Same(sent.Outcome, "sent");
        // It arrives once, however often it is tried.
        Same(_client.SendMessage(chat, Tea, options).MessageId, sent.MessageId);
        Check(_client.PrepareSend(chat, "цена.txt", 9) != ticket, "the ticket of a file");
    }

    private static void SyncBringsWhatIsNew()
    {
        var all = new SyncOptions { Start = "all", Scope = "all", Limit = 200 };
        var received = new List<long>();
        string since = null;
        for (bool more = true; more;)
        {
            SyncResult news = _client.Sync(since, all);
            foreach (SyncChat found in news.Chats)
            {
                Check(found.Messages.Count > 0 && found.Chat.Status != null, found.Chat.Raw);
                received.AddRange(found.Messages.Select(message => message.MessageId));
            }
            since = news.Since;
            more = news.More;
        }
        Check(received.Count > 300, "all messages");
        Same(received.Distinct().Count(), received.Count);
        Same(_client.Sync(since, all).Chats.Count, 0);

        long anna = ChatOf("Анна К.").ChatId;
        long sent = _client.SendMessage(anna, Tea, new SendOptions { ReturnMessageId = true }).MessageId.Value;
        var hint = new SyncOptions { Scope = "all", ChatIds = { anna }, Wait = TimeSpan.FromSeconds(1) };
        Same(_client.Sync(since, hint).Chats.Single().Messages.Single().MessageId, sent);
        Refused<YmChatArgumentException>(() => _client.Sync(since), "scope");

        long told = 0;
        _client.Sync("", all, at => { told = at.Chats; return at.Messages >= 0; });
        Check(told > 10, "progress");
        Refused<YmChatCancelledException>(() => _client.Sync("", all, at => false), "progress");
        var own = Raised<InvalidOperationException>(() => _client.Sync("", all, at => { throw new TimeoutException(); }));
        Check(own.InnerException is TimeoutException, own.ToString());
    }

    private static void TheLogTellsOfRequests()
    {
        var lines = new List<string>();
        YmChatClient.SetLogCallback(
            delegate(YmChatLogLevel level, string text)
            {
                lines.Add(text);
                throw new TimeoutException("nobody sees it");
            },
            YmChatLogLevel.Debug);
        _client.GetChats();
        YmChatClient.SetLogCallback(null);
        Check(lines.Count >= 1 && lines[0].StartsWith("getChats: attempt 1, OK (HTTP 200), "), string.Join("|", lines));
        int told = lines.Count;
        _client.GetChats();
        Same(lines.Count, told);
        Refused<YmChatArgumentException>(
            () => YmChatClient.SetLogCallback(delegate { }, (YmChatLogLevel)9), "level");
    }

    private static void FilesAreBrought()
    {
        ChatFile file = _client.GetChatHistory(ChatOf("Анна К.").ChatId).Items[2].Files[0];
        string folder = Path.Combine(Path.GetTempPath(), "ymchat-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "фото.png");
        DownloadedFile brought = _client.DownloadFile(file.Url, path);
        Same(brought.Path, path);
        Same(brought.Bytes, new FileInfo(path).Length);
        Same(brought.ContentType, "application/octet-stream");
        Refused<YmChatArgumentException>(() => _client.DownloadFile(file.Url, path), "overwrite");
        var options = new DownloadOptions { Overwrite = true, AllowHosts = { "cdn.example.org" } };
        options.CallTimeout = TimeSpan.FromSeconds(20);
        long told = 0;
        _client.DownloadFile(file.Url, path, options, at => { told = at.Total; return at.Bytes > 0; });
        Same(told, brought.Bytes);
        string other = Path.Combine(folder, "other");
        Refused<YmChatCancelledException>(() => _client.DownloadFile(file.Url, other, null, at => false), "progress");
        var own = Raised<InvalidOperationException>(
            () => _client.DownloadFile(file.Url, other, null, at => { throw new TimeoutException(); }));
        Check(own.InnerException is TimeoutException, own.ToString());
        options.MaxBytes = 1;
        Refused<YmChatProtocolException>(() => _client.DownloadFile(file.Url, path, options), "maxBytes");
        Refused<YmChatArgumentException>(() => _client.DownloadFile("https://evil.example/x", other), "evil.example");
        Same(Directory.GetFiles(folder).Length, 1);
        Directory.Delete(folder, true);
    }

    // Whatever comes from outside is answered.
    private static void NotificationsAreAnswered()
    {
        byte[] body = Encoding.UTF8.GetBytes("{\"notificationType\":\"CHAT_MESSAGE_SENT\",\"businessId\":5,"
            + "\"chatId\":7,\"messageId\":\"9007199254740993\"}");
        var options = new NotificationOptions { Name = "Лавка", Version = "2.0", RemoteAddress = "[::ffff:5.45.207.3]:9" };
        Notification told = YmChatClient.ParseNotification(body, options);
        Check(told.Accepted, told.ReplyBody);
        Same(told.Type, "CHAT_MESSAGE_SENT");
        Same(told.BusinessId.Value, 5);
        Same(told.ChatId.Value, 7);
        Same(told.MessageId.Value, 9007199254740993);
        Same(told.Key, "CHAT_MESSAGE_SENT:5:7:9007199254740993");
        Same(told.Raw, Encoding.UTF8.GetString(body));
        Same(told.ReplyStatus, 200);
        using (YmJson reply = YmJson.Parse(told.ReplyBody))
            Same(reply.GetString("/name"), "Лавка");
        Same(YmChatClient.ParseNotification(new MemoryStream(body)).MessageId.Value, 9007199254740993);
        Same(YmChatClient.ParseNotification(new MemoryStream(new byte[70000])).ReplyStatus, 400);
        Notification none = YmChatClient.ParseNotification(new byte[0]);
        Check(!none.Accepted && none.Type == "" && none.ChatId == null && none.Raw == null, none.ReplyBody);
        options.RemoteAddress = "10.0.0.1";
        Same(YmChatClient.ParseNotification(body, options).ReplyStatus, 403);
        options.AllowFrom.Add("10.0.0.0/8");
        Same(YmChatClient.ParseNotification(body, options).ReplyStatus, 200);
        options.AllowFrom.Add("moscow");
        Refused<YmChatArgumentException>(() => YmChatClient.ParseNotification(body, options), "allowFrom");
        Refused<YmChatArgumentException>(() => YmChatClient.ParseNotification((byte[])null), "body");
    }

    private static void TextsAreChecked()
    {
        const string text = "Ура 🚚! Почта shop@mail.ru, сайт cdek.ru";
        MessageCheck found = YmChatClient.CheckMessage(text, new MessageCheckOptions { AllowHosts = { "cdek.ru" } });
        Check(!found.Ok, "a finding");
        Finding mail = found.Findings.Single();
        Same(mail.Kind, "email");
        Same(mail.Text, "shop@mail.ru");
        Same(text.Substring(mail.Start, mail.Length), mail.Text);
        Check(YmChatClient.CheckMessage(text, new MessageCheckOptions { Kinds = { "phone" } }).Ok, "kinds");
        Check(YmChatClient.CheckMessage("").Ok, "no text");
        Refused<YmChatArgumentException>(
            () => YmChatClient.CheckMessage("x", new MessageCheckOptions { Kinds = { "fax" } }), "kinds");
        Refused<YmChatArgumentException>(() => YmChatClient.CheckMessage("a\0b"), "text");
    }

    private static void OtherOperations()
    {
        Same(YmChatClient.LibraryVersion, Setting("LIBRARY_VERSION"));
        Same(_client.GetCampaigns(new PageOptions { Limit = 1 }).Items.Single().BusinessId,
            long.Parse(Setting("MARKET_BUSINESS")));
        Same(_client.GetTokenInfo().GetString("/apiKey/authScopes/0"), "ALL_METHODS");
        Same(_client.CreateChat("ORDER", 52310447118), ChatOf("Анна К.").ChatId);
        YmJson stats = _client.GetStats();
        Check(stats.Count("/operations") >= 9 && stats.Has("/sends/unknown"), stats.ToString());
    }

    // ---- Failures --------------------------------------------------------------------------------

    private static void AnswersOfTheService()
    {
        using (YmChatClient odd = Other("ODD_URL", 1))
        {
            Failure<YmChatUnauthorizedException>(odd, 401, "check_credentials");
            Failure<YmChatForbiddenException>(odd, 403, "grant_access");
            Failure<YmChatNotFoundException>(odd, 404, "fix_request");
            YmChatError error = Failure<YmChatBadRequestException>(odd, 400, "fix_request");
            Same(error.Errors.Count, 2);
            Same(error.Errors[0].Code, "BAD_REQUEST");
            Same(error.Errors[0].Message, "Чат закрыт 🙂");
            Same(error.Errors[1].Message, null);
            Check(error.Message.Contains("Чат закрыт"), error.Message);
            Check(!error.Retryable && error.RetryAfter == null, "retry");
            error = Failure<YmChatRateLimitedException>(odd, 420, "wait");
            Check(error.Retryable && error.RetryAfter > TimeSpan.Zero, "retry");
            Failure<YmChatServerException>(odd, 500, "retry");
            Failure<YmChatProtocolException>(odd, 200, "contact_support");
        }
    }

    private static YmChatError Failure<T>(YmChatClient odd, int chatId, string action) where T : Exception
    {
        YmChatError error = Refused<T>(() => odd.GetChat(chatId), "getChat");
        Same(error.HttpStatus, chatId);
        Same(error.Action, action);
        Same(error.Operation, "getChat");
        Same(error.Attempts, 1);
        Same(error.Known, null);
        Same(error.Ticket, null);
        Same(error.TraceId.Length, 32);
        Same(error.Name, YmJson.Parse(error.Raw).GetString("/name"));
        return error;
    }

    private static void EachStatusHasItsClass()
    {
        foreach (YmChatStatus status in Enum.GetValues(typeof(YmChatStatus)))
        {
            if (status == YmChatStatus.Ok)
                continue;
            Type type = typeof(YmChatClient).Assembly.GetType("YmChat.YmChat" + status + "Exception")
                ?? typeof(YmChatArgumentException);
            Exception made = YmChatError.Of("getChat", (int)status, YmJson.Parse("{}"));
            Check(made.GetType() == type, made.GetType() + " for " + status);
            Same(made.Message, "getChat: status " + (int)status);
        }
        Check(YmChatError.Of("getChat", 15, YmJson.Parse("{}")).GetType() == typeof(YmChatException), "a newer status");
    }

    private static void WhatTheServiceAddsSurvives()
    {
        using (YmChatClient odd = Other("ODD_URL", 1))
        {
            Chat chat = odd.GetChat(1);
            Same(chat.ChatId, long.MaxValue);
            Same(chat.Status, "ON_FIRE");
            Same(chat.Type, "PODCAST");
            Same(chat.CreatedAt, null);
            Same(chat.UpdatedAt, null);
            Same(YmJson.Parse(chat.Raw).GetRaw("/future"), "{\"a\": [1, 2.50, null]}");
            Same(chat.Context.CustomerName, "Аня 🙂");
            Same(chat.Context.OrderId, null);
        }
    }

    private static void NoAnswer()
    {
        using (YmChatClient nobody = Other("NOBODY_URL", 2))
            Refused<YmChatNetworkException>(() => nobody.GetChat(1), "getChat");
        using (YmChatClient silent = Other("SILENT_URL", 3, 150))
            Refused<YmChatTimeoutException>(() => silent.GetChat(1), "getChat");
    }

    private static void LostSend()
    {
        using (YmChatClient silent = Other("SILENT_URL", 4, 150))
        {
            var options = new SendOptions { Resolve = false };
            YmChatError error =
                Refused<YmChatOutcomeUnknownException>(() => silent.SendMessage(4, Tea, options), "send", "unknown");
            Same(error.Action, "check_history");
            Check(error.Ticket.Length > 0, "a ticket to go on with");
            Same(YmJson.Parse(error.Known).GetRaw(""), YmJson.Parse(error.Raw).GetRaw("/known"));
        }
    }

    private static void RejectedTexts()
    {
        YmChatConfig config = MarketConfig();
        config.CheckMessages = "reject";
        using (var strict = new YmChatClient(config))
            Refused<YmChatRejectedException>(
                () => strict.SendMessage(4, "Позвоните: +7 916 123-45-67"), "sendMessageToChat", "notSent");
    }

    // ---- Misuse ----------------------------------------------------------------------------------

    private static void WrongArguments()
    {
        Refused<YmChatArgumentException>(() => _client.GetChat(0), "chatId");
        var wrong = new ChatsOptions { Extra = { { "limitt", "1" } } };
        Refused<YmChatArgumentException>(() => _client.GetChats(wrong), "limitt");
        Refused<YmChatArgumentException>(() => _client.SendFile(4, "a", new byte[0]), "the file is empty", "notSent");
        Refused<YmChatArgumentException>(() => _client.SendFile(4, "a", (byte[])null), "data", "notSent");
        Refused<YmChatArgumentException>(() => _client.SendFile(4, "a", (Stream)null), "data", "notSent");
        Refused<YmChatArgumentException>(() => _client.SendFile(4, null, new byte[1]), "fileName", "notSent");
        Refused<YmChatArgumentException>(() => _client.SendMessage(4, null), "message", "notSent");
        Refused<YmChatArgumentException>(() => _client.SendMessage(4, ""), "message", "notSent");
        Refused<YmChatArgumentException>(() => _client.CreateChat("DIRECT", 1), "DIRECT");
        var config = new YmChatConfig { ApiKey = "k", Extra = { { "businesId", "1" } } };
        Refused<YmChatArgumentException>(() => new YmChatClient(config), "businesId");
        config = new YmChatConfig { ApiKey = "k", Extra = { { "proxy", "{" } } };
        Refused<YmChatArgumentException>(() => new YmChatClient(config), "configuration");
        Raised<ArgumentNullException>(() => new YmChatClient(null));
    }

    private static void TextsThatCannotBeSent()
    {
        foreach (string bad in new[] { "половина\0текста", "a\ud83d", "a\ud83db", "\ude42b", "\ude42\ud83d" })
        {
            const string naming = "U+0000 or half of a surrogate pair";
            Refused<YmChatArgumentException>(() => _client.SendMessage(4, bad), naming, "notSent");
            Refused<YmChatArgumentException>(() => _client.SendFile(4, bad, new byte[1]), naming, "notSent");
            Refused<YmChatArgumentException>(() => _client.CreateChat(bad, 1), naming);
            Refused<YmChatArgumentException>(() => _client.PrepareSend(4, bad), naming);
            var token = new ChatsOptions { PageToken = bad };
            Refused<YmChatArgumentException>(() => _client.GetChats(token), naming);
            var raw = new ChatsOptions { Extra = { { "limit", bad } } };
            Refused<YmChatArgumentException>(() => _client.GetChats(raw), naming);
            Refused<YmChatArgumentException>(() => new YmChatClient(bad, 1), naming);
        }
    }

    private static void ClosedClients()
    {
        YmChatClient closed = new YmChatClient(MarketConfig());
        closed.Dispose();
        // A second time nothing happens.
        closed.Dispose();
        closed.Cancel();
        YmChatError error = Refused<YmChatDisposedException>(() => closed.GetChat(1), "getChat: the client was disposed");
        Same(error.Status, YmChatStatus.InvalidArgument);
        Refused<YmChatDisposedException>(() => closed.GetAllChats(), "disposed");
        Refused<YmChatDisposedException>(() => closed.GetStats(), "disposed");
        Refused<YmChatDisposedException>(() => closed.CreateChat("ORDER", 1), "disposed");
        Refused<YmChatDisposedException>(() => closed.PrepareSend(4, "a"), "disposed");
        Refused<YmChatDisposedException>(() => closed.SendMessage(4, "a"), "disposed", "notSent");
        Refused<YmChatDisposedException>(() => closed.SendFile(4, "a", new byte[1]), "disposed", "notSent");
    }

    // ---- Threads ---------------------------------------------------------------------------------

    private static void ManyThreads()
    {
        long chat = ChatOf("Анна К.").ChatId;
        var problems = new List<string>();
        var threads = new List<Thread>();
        for (int i = 0; i < 6; i++)
            threads.Add(new Thread(() =>
            {
                try
                {
                    for (int round = 0; round < 20; round++)
                        Same(_client.GetChat(chat).ChatId, chat);
                }
                catch (Exception error)
                {
                    lock (problems)
                        problems.Add(error.ToString());
                }
            }));
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Same(string.Join("\n", problems), "");
    }

    // Ends a call that is blocked in another thread; returns what it raised.
    private static Exception Ended(long businessId, Action<YmChatClient> end)
    {
        using (YmChatClient silent = Other("SILENT_URL", businessId))
        {
            Exception raised = null;
            var reader = new Thread(() =>
            {
                try
                {
                    silent.GetChat(1);
                }
                catch (Exception error)
                {
                    raised = error;
                }
            });
            reader.Start();
            // Until the call is under way.
            while (silent.GetStats().GetInt64("/operations/1/attempts") == 0 && reader.IsAlive)
                Thread.Sleep(5);
            end(silent);
            while (!reader.Join(5))
                silent.Cancel();
            return raised;
        }
    }

    private static void Cancelling()
    {
        Check(Ended(5, client => client.Cancel()) is YmChatCancelledException, "cancelled");
    }

    private static void ScopesAreCancelledForGood()
    {
        using (var client = new YmChatClient(MarketConfig()))
        using (YmChatClient job = client.Scope())
        {
            job.Cancel();
            Refused<YmChatCancelledException>(() => job.GetChat(4000006), "the call was cancelled");
            Refused<YmChatCancelledException>(() => job.SendMessage(4000006, "a"), "the call was cancelled",
                "notSent");
            Same(client.GetStats().GetInt64("/operations/1/attempts"), 0L);
            client.GetChat(4000006);
            client.Dispose();
            Refused<YmChatDisposedException>(() => client.Scope(), "the client was disposed of");
            Refused<YmChatDisposedException>(() => job.GetChat(4000006), "the client was disposed of");
        }
    }

    private static void DisposingEndsCalls()
    {
        Check(Ended(6, client => client.Dispose()) is YmChatCancelledException, "disposed");
    }

    private static void ForgottenClientsAreFreed()
    {
        List<IntPtr> handles = Forgotten(100);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        // Mono takes some numbers on the stack for references: not each client is collected.
        int freed = handles.Count(handle => Native.ClientCancel(handle) == (int)YmChatStatus.InvalidArgument);
        Check(freed > 50, freed + " of 100 clients were freed");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<IntPtr> Forgotten(int count)
    {
        FieldInfo field = typeof(YmChatClient).GetField("_handle", BindingFlags.Instance | BindingFlags.NonPublic);
        var handles = new List<IntPtr>();
        for (int i = 0; i < count; i++)
        {
            var handle = (ClientHandle)field.GetValue(new YmChatClient(MarketConfig()));
            handles.Add(handle.DangerousGetHandle());
        }
        Same(handles.Count(handle => Native.ClientCancel(handle) == (int)YmChatStatus.Ok), count);
        return handles;
    }

    // Documents and texts of the library, which the collector does not see.
    private static void NothingIsLeftInTheLibrary()
    {
        const int megabyte = 1024 * 1024;
        string json = '"' + new string('a', megabyte) + '"';
        long before = 0;
        for (int i = 0; i <= 300; i++)
        {
            using (YmJson document = YmJson.Parse(json))
                Same(document.GetString("").Length, megabyte);
            if (i == 0)
                before = Resident();
        }
        Check(Resident() - before < 128L * megabyte, "documents or texts of 1 MB were not freed");
    }

    // Bytes of the process that are in memory, without those of the collector.
    private static long Resident()
    {
        GC.Collect();
        return long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1]) * 4096;
    }

    // ---- The run ---------------------------------------------------------------------------------

    private static int Main()
    {
        var tests = new Action[]
        {
            JsonIsReadExactly,
            OptionsAreJson,
            ChatsAndHistories,
            Sends,
            SendsWithTickets,
            SyncBringsWhatIsNew,
            FilesAreBrought,
            TheLogTellsOfRequests,
            NotificationsAreAnswered,
            TextsAreChecked,
            OtherOperations,
            AnswersOfTheService,
            EachStatusHasItsClass,
            WhatTheServiceAddsSurvives,
            NoAnswer,
            LostSend,
            RejectedTexts,
            WrongArguments,
            TextsThatCannotBeSent,
            ClosedClients,
            ManyThreads,
            Cancelling,
            ScopesAreCancelledForGood,
            DisposingEndsCalls,
            ForgottenClientsAreFreed,
            NothingIsLeftInTheLibrary,
        };
        int failures = 0;
        foreach (Action test in tests)
        {
            try
            {
                using (_client = new YmChatClient(MarketConfig()))
                    test();
            }
            catch (Exception error)
            {
                failures++;
                Console.WriteLine("FAILED " + test.Method.Name + ": " + error);
            }
        }
        Console.WriteLine(tests.Length + " tests, " + failures + " failures");
        return failures == 0 ? 0 : 1;
    }
}
