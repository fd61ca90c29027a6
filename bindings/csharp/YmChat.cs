// ymchat for .NET: the seller chats of the Yandex Market Partner API.
//
//     using (var market = new YmChatClient("ACMA:…", 123456))
//         foreach (Chat chat in market.GetAllChats(new ChatsOptions { Statuses = { "NEW", "WAITING_FOR_PARTNER" } }))
//             market.SendMessage(chat.ChatId, "Здравствуйте! Уже смотрим.");
//
// One file in C# 5, for the .NET Framework 4.0 and later, Mono, and .NET. It needs the shared library
// (ymchat.dll, libymchat.so), which it loads at the first call, and no package.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace YmChat
{
    // ---- The client ------------------------------------------------------------------------------

    /// <summary>A client of the chat API. Dispose of it, or use it in a <c>using</c> statement.</summary>
    /// <remarks>
    /// Threads may share it. Every method blocks until it has its result, at most for
    /// <see cref="YmChatConfig.CallTimeout"/>. All clients of one business in a process share its limits: four
    /// requests at a time, and hourly quotas.
    /// <para>What fails raises an exception with an <see cref="IYmChatError"/>: a class for each status.</para>
    /// </remarks>
    public sealed class YmChatClient : IDisposable
    {
        // Enough for the library to see that a file is too large; what is larger need not be read.
        private const int MaxBytes = 5 * 1024 * 1024 + 1;
        // The same for a notification.
        private const int MaxNotificationBytes = 64 * 1024 + 1;

        private readonly ClientHandle _handle;
        // Of a scope: the client that must not be collected before it.
        private readonly YmChatClient _outer;

        /// <summary>Opens a client. Nothing is sent.</summary>
        /// <param name="apiKey">The Api-Key, without any prefix.</param>
        /// <param name="businessId">The business.</param>
        public YmChatClient(string apiKey, long businessId)
            : this(new YmChatConfig { ApiKey = apiKey, BusinessId = businessId })
        {
        }

        /// <summary>Opens a client. Nothing is sent.</summary>
        /// <param name="config">The configuration.</param>
        public YmChatClient(YmChatConfig config)
        {
            if (config == null)
                throw new ArgumentNullException("config");
            const string operation = "client_new";
            byte[] json = Text.ToUtf8(config.ToJson(), "configuration", operation, false);
            Native.Load();
            IntPtr client, error;
            int status = Native.ClientNew(json, out client, out error);
            _handle = new ClientHandle(client);
            if (status != (int)YmChatStatus.Ok)
                Finish(operation, status, error);
        }

        /// <summary>The version of the shared library, such as "0.1.0".</summary>
        public static string LibraryVersion
        {
            get
            {
                Native.Load();
                return Text.FromUtf8(Native.Version());
            }
        }

        /// <summary>Ends the client. A second time nothing happens.</summary>
        /// <remarks>
        /// Calls that other threads have in it raise <see cref="YmChatCancelledException"/>; when this method returns,
        /// no thread is in the library on behalf of the client.
        /// </remarks>
        public void Dispose()
        {
            _handle.Dispose();
        }

        /// <summary>Ends every call that is blocked in the client, from any thread.</summary>
        /// <remarks>
        /// They raise <see cref="YmChatCancelledException"/> within 250 ms. Later calls are not touched. In a client
        /// that was disposed of nothing is blocked, and nothing happens.
        /// </remarks>
        public void Cancel()
        {
            if (!IsClosed)
                Native.ClientCancel(_handle.DangerousGetHandle());
            GC.KeepAlive(this);
        }

        /// <summary>The same client, for calls that are to be stopped together: those of a thread, or of a job.</summary>
        /// <remarks>
        /// <see cref="Cancel"/> of a scope ends its calls and no others, and it is for good: a call that begins in it
        /// later raises <see cref="YmChatCancelledException"/> at once, and nothing is sent. With a CancellationToken:
        /// <code>using (YmChatClient job = client.Scope())
        /// using (token.Register(job.Cancel)) …</code>
        /// When the client is disposed of, its scopes end.
        /// </remarks>
        public YmChatClient Scope()
        {
            const string operation = "client_scope";
            IntPtr scope;
            bool made = Native.ClientScope(Handle(operation, false), out scope) == (int)YmChatStatus.Ok;
            GC.KeepAlive(this);
            if (!made)
                throw YmChatError.Closed(operation, false);
            return new YmChatClient(this, new ClientHandle(scope));
        }

        private YmChatClient(YmChatClient outer, ClientHandle scope)
        {
            _outer = outer;
            _handle = scope;
        }

        /// <summary>What the client has done, and what is known of the quotas.</summary>
        /// <returns>The members "operations" and "sends".</returns>
        public YmJson GetStats()
        {
            const string operation = "client_stats";
            IntPtr json;
            return Finish(operation, Native.ClientStats(Handle(operation, false), out json), json);
        }

        /// <summary>One page of chats (getChats, 5000 requests an hour).</summary>
        /// <param name="options">Filters, the size of the page, the token; or null.</param>
        public Page<Chat> GetChats(ChatsOptions options = null)
        {
            const string operation = "getChats";
            byte[] text = OptionsText(options, operation, false);
            IntPtr json;
            int status = Native.GetChats(Handle(operation, false), text, out json);
            return Finish(operation, status, json, page => new Page<Chat>(page, "/chats", Chat.Read));
        }

        /// <summary>All chats, page by page, each once. The whole is one call for the time-out.</summary>
        /// <param name="options">Filters and the size of a page; or null.</param>
        public IList<Chat> GetAllChats(ChatsOptions options = null)
        {
            const string operation = "getChats";
            byte[] text = OptionsText(options, operation, false);
            IntPtr json;
            int status = Native.GetAllChats(Handle(operation, false), text, out json);
            return Finish(operation, status, json, all => all.List("/chats", Chat.Read));
        }

        /// <summary>A chat (getChat, 1000 requests an hour).</summary>
        /// <param name="chatId">The chat, at least 1.</param>
        public Chat GetChat(long chatId)
        {
            const string operation = "getChat";
            IntPtr json;
            int status = Native.GetChat(Handle(operation, false), chatId, out json);
            return Finish(operation, status, json, found => Chat.Read(found, ""));
        }

        /// <summary>One page of a chat's messages, in an order that is not documented (getChatHistory, 10000 requests
        /// an hour).</summary>
        /// <param name="chatId">The chat, at least 1.</param>
        /// <param name="options">The size of the page, the token; or null.</param>
        public Page<ChatMessage> GetChatHistory(long chatId, HistoryOptions options = null)
        {
            const string operation = "getChatHistory";
            byte[] text = OptionsText(options, operation, false);
            IntPtr json;
            int status = Native.GetChatHistory(Handle(operation, false), chatId, text, out json);
            return Finish(operation, status, json, page => new Page<ChatMessage>(page, "/messages", ChatMessage.Read));
        }

        /// <summary>All messages that are newer than one, ascending by their ids, each once. The whole is one call for
        /// the time-out.</summary>
        /// <param name="chatId">The chat, at least 1.</param>
        /// <param name="afterMessageId">The newest message that is known already; 0 for all messages.</param>
        /// <param name="options">The size of a page; or null.</param>
        public IList<ChatMessage> GetMessagesSince(long chatId, long afterMessageId = 0, HistoryOptions options = null)
        {
            const string operation = "getChatHistory";
            byte[] text = OptionsText(options, operation, false);
            IntPtr json;
            int status = Native.GetMessagesSince(Handle(operation, false), chatId, afterMessageId, text, out json);
            return Finish(operation, status, json, all => all.List("/messages", ChatMessage.Read));
        }

        /// <summary>What is new since a token, and the next token.</summary>
        /// <param name="since">The token of the result before this one; null or empty at first.</param>
        /// <param name="options">What to look for, and for how long; or null.</param>
        /// <param name="progress">Is called now and then, on the calling thread. Where it returns false, the call raises
        /// <see cref="YmChatCancelledException"/>; what it raises is the inner exception of an <see cref="InvalidOperationException"/>. Or null.</param>
        /// <remarks>
        /// Store <see cref="SyncResult.Since"/> together with what you make of the messages, in one transaction: then
        /// each message is processed once, and none is left out, whatever fails, and wherever the program is killed.
        /// The same token gives the same messages again, the next token none of them. After an exception the old token
        /// is still the right one.
        /// </remarks>
        public SyncResult Sync(string since = null, SyncOptions options = null, Func<SyncProgress, bool> progress = null)
        {
            const string operation = "sync";
            byte[] token = Text.ToUtf8(since ?? "", "since", operation, false);
            byte[] text = OptionsText(options, operation, false);
            IntPtr json;
            int status;
            if (progress == null)
            {
                status = Native.Sync(Handle(operation, false), token, text, out json);
                return Finish(operation, status, json, found => new SyncResult(found));
            }
            var told = new ProgressFunction((chats, messages) => progress(new SyncProgress(chats, messages)));
            status = Native.SyncWithProgress(Handle(operation, false), token, text, told.Call, IntPtr.Zero, out json);
            GC.KeepAlive(told);
            return told.Finish("Sync", () => Finish(operation, status, json, found => new SyncResult(found)));
        }

        /// <summary>Brings a file of a message to a path.</summary>
        /// <param name="url">The address of the file, as the message gives it.</param>
        /// <param name="path">Where it is to be, in a directory that exists.</param>
        /// <param name="options">Whether a file is replaced, how long it may be; or null.</param>
        /// <param name="progress">Is called for each part that is written, on the calling thread; otherwise like that of
        /// <see cref="Sync"/>. Or null.</param>
        /// <remarks>
        /// The file is received beside the path, and gets its name only when it is whole and safe on the disk. Whatever
        /// fails, the path is as it was. Choose the path yourself: the name in a message is what the other side has
        /// written. Credentials are shown to the hosts of <see cref="YmChatConfig.FileHosts"/> alone. Another host is
        /// refused, unless <see cref="DownloadOptions.AllowHosts"/> names it; it is shown nothing.
        /// </remarks>
        public DownloadedFile DownloadFile(
            string url, string path, DownloadOptions options = null, Func<DownloadProgress, bool> progress = null)
        {
            const string operation = "download_file";
            byte[] address = Text.ToUtf8(url, "url", operation, false);
            byte[] place = Text.ToUtf8(path, "path", operation, false);
            byte[] text = OptionsText(options, operation, false);
            IntPtr json;
            int status;
            if (progress == null)
            {
                status = Native.DownloadFile(Handle(operation, false), address, place, text, out json);
                return Finish(operation, status, json, file => new DownloadedFile(file));
            }
            var told = new ProgressFunction((bytes, total) => progress(new DownloadProgress(bytes, total)));
            status = Native.DownloadFileWithProgress(
                Handle(operation, false), address, place, text, told.Call, IntPtr.Zero, out json);
            GC.KeepAlive(told);
            return told.Finish("DownloadFile", () => Finish(operation, status, json, file => new DownloadedFile(file)));
        }

        // A function of the program that the library calls. Nothing may be raised through the library.
        private sealed class ProgressFunction
        {
            private readonly Func<long, long, bool> _function;
            private Exception _raised;

            internal ProgressFunction(Func<long, long, bool> function)
            {
                _function = function;
                Call = Run;
            }

            internal Native.ProgressCall Call { get; private set; }

            private int Run(IntPtr userData, ulong done, ulong found)
            {
                try
                {
                    return _function((long)done, (long)found) ? 0 : 1;
                }
                catch (Exception exception)
                {
                    _raised = exception;
                    return 1;
                }
            }

            internal T Finish<T>(string name, Func<T> finish)
            {
                try
                {
                    return finish();
                }
                catch (YmChatCancelledException)
                {
                    if (_raised == null)
                        throw;
                }
                throw new InvalidOperationException(
                    "The progress function of " + name + " failed: " + _raised.Message, _raised);
            }
        }

        /// <summary>A message (getChatMessage, 1000 requests an hour).</summary>
        /// <param name="chatId">The chat, at least 1.</param>
        /// <param name="messageId">The message, at least 1.</param>
        public ChatMessage GetChatMessage(long chatId, long messageId)
        {
            const string operation = "getChatMessage";
            IntPtr json;
            int status = Native.GetChatMessage(Handle(operation, false), chatId, messageId, out json);
            return Finish(operation, status, json, found => ChatMessage.Read(found, ""));
        }

        /// <summary>One page of the shops that the credential grants access to (getCampaigns, 1000 requests an
        /// hour). Works without a business.</summary>
        /// <param name="options">The size of the page, the token; or null.</param>
        public Page<Campaign> GetCampaigns(PageOptions options = null)
        {
            const string operation = "getCampaigns";
            byte[] text = OptionsText(options, operation, false);
            IntPtr json;
            int status = Native.GetCampaigns(Handle(operation, false), text, out json);
            return Finish(operation, status, json, page => new Page<Campaign>(page, "/campaigns", Campaign.Read));
        }

        /// <summary>What the Api-Key is allowed to do (getAuthTokenInfo, 100 requests an hour). Works without a
        /// business.</summary>
        /// <returns>The member "apiKey" with "name" and "authScopes".</returns>
        public YmJson GetTokenInfo()
        {
            const string operation = "getAuthTokenInfo";
            IntPtr json;
            return Finish(operation, Native.GetTokenInfo(Handle(operation, false), out json), json);
        }

        /// <summary>Sends a text: once, or not at all, or it raises <see cref="YmChatOutcomeUnknownException"/>
        /// (sendMessageToChat, 1000 requests an hour).</summary>
        /// <param name="chatId">The chat, at least 1.</param>
        /// <param name="text">1 to 4096 characters as .NET counts them, not white space alone.</param>
        /// <param name="options">How a lost answer is dealt with; or null.</param>
        /// <remarks><see cref="YmChatError.Outcome"/> is "notSent" where the message certainly did not arrive.</remarks>
        public SendResult SendMessage(long chatId, string text, SendOptions options = null)
        {
            const string operation = "sendMessageToChat";
            byte[] message = Text.ToUtf8(text, "message", operation, true);
            byte[] optionsText = OptionsText(options, operation, true);
            IntPtr json;
            int status = Native.SendMessage(Handle(operation, true), chatId, message, optionsText, out json);
            return Finish(operation, status, json, sent => new SendResult(sent));
        }

        /// <summary>Sends a file of 1 byte to 5 MB; otherwise like <see cref="SendMessage"/> (sendFileToChat, 1000
        /// requests an hour). A lost one is looked for by its name and size.</summary>
        /// <param name="chatId">The chat, at least 1.</param>
        /// <param name="fileName">The file's name, in any script, without a path.</param>
        /// <param name="data">The file's bytes.</param>
        /// <param name="options">How a lost answer is dealt with; or null.</param>
        public SendResult SendFile(long chatId, string fileName, byte[] data, SendOptions options = null)
        {
            const string operation = "sendFileToChat";
            byte[] name = Text.ToUtf8(fileName, "fileName", operation, true);
            byte[] optionsText = OptionsText(options, operation, true);
            if (data == null)
                throw YmChatError.Invalid(operation, "data is null. Pass the bytes of the file.", true);
            var length = new UIntPtr((uint)data.Length);
            IntPtr json;
            int status = Native.SendFile(Handle(operation, true), chatId, name, data, length, optionsText, out json);
            return Finish(operation, status, json, sent => new SendResult(sent));
        }

        /// <summary>The same, from the stream's position to its end.</summary>
        /// <param name="chatId">The chat, at least 1.</param>
        /// <param name="fileName">The file's name, in any script, without a path.</param>
        /// <param name="data">The file's bytes.</param>
        /// <param name="options">How a lost answer is dealt with; or null.</param>
        public SendResult SendFile(long chatId, string fileName, Stream data, SendOptions options = null)
        {
            if (data == null)
                throw YmChatError.Invalid("sendFileToChat", "data is null. Pass a stream.", true);
            var bytes = new MemoryStream();
            var buffer = new byte[65536];
            int got;
            while (bytes.Length < MaxBytes && (got = data.Read(buffer, 0, buffer.Length)) > 0)
                bytes.Write(buffer, 0, got);
            return SendFile(chatId, fileName, bytes.ToArray(), options);
        }

        /// <summary>Prepares a send of a text. Reads the chat.</summary>
        /// <param name="chatId">The chat, at least 1.</param>
        /// <param name="text">The text that will be sent.</param>
        /// <returns>A ticket of at most 512 ASCII characters, to be stored with your own document before the
        /// send.</returns>
        /// <remarks>
        /// A send with <see cref="SendOptions.Ticket"/> arrives once, however often and by whichever process it is
        /// tried, after a crash, too. Prepare it when the sends before it in this chat are settled, and let one program
        /// use it at a time.
        /// </remarks>
        public string PrepareSend(long chatId, string text)
        {
            var content = new JsonWriter();
            content.AddRaw("message", JsonWriter.Quoted(text, "message"));
            return Prepare(chatId, content);
        }

        /// <summary>The same for a file.</summary>
        /// <param name="chatId">The chat, at least 1.</param>
        /// <param name="fileName">The file's name, in any script, without a path.</param>
        /// <param name="fileSize">Its size in bytes.</param>
        public string PrepareSend(long chatId, string fileName, long fileSize)
        {
            var content = new JsonWriter();
            content.AddRaw("fileName", JsonWriter.Quoted(fileName, "fileName"));
            content.Add("fileSize", fileSize);
            return Prepare(chatId, content);
        }

        private string Prepare(long chatId, JsonWriter content)
        {
            const string operation = "prepare_send";
            byte[] text = Text.ToUtf8(content.ToString(), "content", operation, false);
            IntPtr json;
            int status = Native.PrepareSend(Handle(operation, false), chatId, text, out json);
            return Finish(operation, status, json, prepared => prepared.GetString("/ticket"));
        }

        /// <summary>Opens a chat about an order or a return, or finds the one that exists (createChat, 1000 requests an
        /// hour). It may be repeated safely.</summary>
        /// <param name="contextType">"ORDER" or "RETURN"; only a customer can start a DIRECT chat.</param>
        /// <param name="contextId">The order's or the return's id, at least 1.</param>
        /// <returns>The chat's id.</returns>
        public long CreateChat(string contextType, long contextId)
        {
            const string operation = "createChat";
            byte[] kind = Text.ToUtf8(contextType, "contextType", operation, false);
            IntPtr json;
            int status = Native.CreateChat(Handle(operation, false), kind, contextId, out json);
            return Finish(operation, status, json, created => created.NeededInt64("/chatId"));
        }

        /// <summary>Reads a notification of the Market, and makes the answer to it. Needs no client.</summary>
        /// <param name="body">The body of the HTTP request.</param>
        /// <param name="options">How to answer, and from where to accept; or null.</param>
        /// <remarks>
        /// Whatever comes from outside raises nothing: a body that is no notification is to be answered with HTTP 400, a
        /// notification from a foreign address with 403. Answer within 10 seconds (a PING within 1); otherwise the Market
        /// sends it again. Where you could not store what you were told, answer 500, and it will come again.
        /// </remarks>
        public static Notification ParseNotification(byte[] body, NotificationOptions options = null)
        {
            const string operation = "parse_notification";
            if (body == null)
                throw YmChatError.Invalid(operation, "body is null. Pass the bytes of the request.", false);
            byte[] text = OptionsText(options, operation, false);
            Native.Load();
            IntPtr json;
            int status = Native.ParseNotification(body, (UIntPtr)body.Length, text, out json);
            using (YmJson told = ResultOf(operation, status, json))
                return new Notification(told);
        }

        /// <summary>The same, from the stream's position to its end.</summary>
        public static Notification ParseNotification(Stream body, NotificationOptions options = null)
        {
            if (body == null)
                throw YmChatError.Invalid("parse_notification", "body is null. Pass the bytes of the request.", false);
            var bytes = new byte[MaxNotificationBytes];
            int size = 0, got;
            while (size < bytes.Length && (got = body.Read(bytes, size, bytes.Length - size)) > 0)
                size += got;
            Array.Resize(ref bytes, size);
            return ParseNotification(bytes, options);
        }

        private static readonly object LogChanging = new object();
        // This thread is inside the callback.
        [ThreadStatic]
        private static bool _telling;
        // What the library calls must not be collected.
        private static Native.LogCall _log;

        /// <summary>Has the library tell what it does, a line for each request, wait and repetition, to a function of the
        /// process: on the thread that makes the request, and on several at a time.</summary>
        /// <param name="callback">Receives the lines; null ends it. What it raises is lost. It may not call this
        /// function.</param>
        /// <param name="level">The least important lines that are wanted.</param>
        /// <remarks>No line holds a credential or the text of a message. When this returns, no call of the earlier
        /// function is under way.</remarks>
        public static void SetLogCallback(Action<YmChatLogLevel, string> callback, YmChatLogLevel level = YmChatLogLevel.Info)
        {
            Native.Load();
            Native.LogCall call = null;
            if (callback != null)
                call = delegate(IntPtr userData, int important, IntPtr text)
                {
                    // Nothing may be raised through the library, and there is nobody else to tell.
                    _telling = true;
                    try
                    {
                        callback((YmChatLogLevel)important, Text.FromUtf8(text));
                    }
                    catch (Exception)
                    {
                    }
                    _telling = false;
                };
            if (_telling)
                throw YmChatError.Invalid(
                    "set_log_callback", "it was called by the callback, for which it would wait. Do so elsewhere.", false);
            lock (LogChanging)
            {
                if (Native.SetLogCallback(call, IntPtr.Zero, (int)level) != 0)
                    throw YmChatError.Invalid(
                        "set_log_callback", "the level is none. Choose one of YmChatLogLevel.", false);
                // Until here the library may have called the one before.
                GC.KeepAlive(_log);
                _log = call;
            }
        }

        /// <summary>Looks for what the rules of the chat forbid: links to other sites, e-mail addresses, telephone numbers
        /// and messengers, in Russian and English texts, plain or disguised. Needs no client.</summary>
        /// <param name="text">The text.</param>
        /// <param name="options">What to look for; or null.</param>
        /// <remarks>The check is advisory: it sees neither all contacts nor contacts alone. With
        /// <see cref="YmChatConfig.CheckMessages"/> "reject", a text with findings is not sent.</remarks>
        public static MessageCheck CheckMessage(string text, MessageCheckOptions options = null)
        {
            const string operation = "check_message";
            byte[] given = Text.ToUtf8(text, "text", operation, false);
            byte[] optionsText = OptionsText(options, operation, false);
            Native.Load();
            IntPtr json;
            int status = Native.CheckMessage(given, optionsText, out json);
            using (YmJson found = ResultOf(operation, status, json))
                return new MessageCheck(found);
        }

        private static YmJson ResultOf(string operation, int status, IntPtr json)
        {
            YmJson document = YmJson.Take(json);
            if (document == null)
                throw YmChatError.Protocol(operation, "the answer nests too deep, or is too long to be read.");
            if (status == (int)YmChatStatus.Ok)
                return document;
            using (document)
                throw YmChatError.Of(operation, status, document);
        }

        // The handle is no address, and the library knows which ones live: it is given without a count of
        // references, so that Dispose ends the calls of other threads instead of waiting for them.
        private bool IsClosed
        {
            get { return _handle.IsClosed || (_outer != null && _outer.IsClosed); }
        }

        private IntPtr Handle(string operation, bool sends)
        {
            if (IsClosed)
                throw YmChatError.Closed(operation, sends);
            return _handle.DangerousGetHandle();
        }

        private static byte[] OptionsText(Members options, string operation, bool sends)
        {
            return options == null ? null : Text.ToUtf8(options.ToJson(), "options", operation, sends);
        }

        // Takes over the text, and keeps the client alive until here.
        private YmJson Finish(string operation, int status, IntPtr json)
        {
            GC.KeepAlive(this);
            YmJson document = YmJson.Take(json);
            if (document == null)
                throw YmChatError.Protocol(operation, "the answer nests too deep, or is too long to be read.");
            if (status == (int)YmChatStatus.Ok)
                return document;
            using (document)
            {
                // Another thread may have disposed of the client just before the call.
                if (status == (int)YmChatStatus.InvalidArgument && IsClosed)
                    throw YmChatError.Closed(operation, document);
                throw YmChatError.Of(operation, status, document);
            }
        }

        // The same, with a result that needs the document no longer.
        private T Finish<T>(string operation, int status, IntPtr json, Func<YmJson, T> read)
        {
            using (YmJson document = Finish(operation, status, json))
                return read(document);
        }
    }

    // ---- Configuration and options ---------------------------------------------------------------

    /// <summary>Members of a JSON object that goes to the library.</summary>
    public abstract class Members
    {
        private readonly Dictionary<string, string> _extra = new Dictionary<string, string>();

        /// <summary>Members that this file does not know, with their values as JSON.</summary>
        public IDictionary<string, string> Extra
        {
            get { return _extra; }
        }

        /// <summary>The JSON that the library is given.</summary>
        public string ToJson()
        {
            var writer = new JsonWriter();
            Write(writer);
            foreach (KeyValuePair<string, string> member in _extra)
                writer.AddRaw(member.Key, member.Value);
            return writer.ToString();
        }

        internal abstract void Write(JsonWriter writer);
    }

    /// <summary>How a client is opened. What is null keeps its default.</summary>
    public sealed class YmChatConfig : Members
    {
        private readonly List<string> _fileHosts = new List<string>();

        /// <summary>The Api-Key, without any prefix.</summary>
        public string ApiKey { get; set; }
        /// <summary>The token of the deprecated OAuth, instead of the key or beside it.</summary>
        public string OAuthToken { get; set; }
        /// <summary>The business. Only campaigns and the token's information can be had without it.</summary>
        public long? BusinessId { get; set; }
        /// <summary>Another address than https://api.partner.market.yandex.ru.</summary>
        public string BaseUrl { get; set; }
        /// <summary>"name/version" of your program, for the merchant's log.</summary>
        public string Integration { get; set; }
        /// <summary>For a connection; 5 s.</summary>
        public TimeSpan? ConnectTimeout { get; set; }
        /// <summary>For a request and its answer; 15 s. The service gives up after 10 s.</summary>
        public TimeSpan? AttemptTimeout { get; set; }
        /// <summary>For a whole call with its waits and retries; 60 s.</summary>
        public TimeSpan? CallTimeout { get; set; }
        /// <summary>How often a request is sent at most; 4.</summary>
        public int? MaxAttempts { get; set; }
        /// <summary>Requests at a time; 4, as the service allows.</summary>
        public int? MaxParallel { get; set; }
        /// <summary>"http://host:port", "socks5://host:port", or "environment".</summary>
        public string Proxy { get; set; }
        /// <summary>A PEM file of certificates that are trusted, too.</summary>
        public string CaFile { get; set; }
        /// <summary>"bundled" (the usual certificates, built in) or "system".</summary>
        public string Trust { get; set; }
        /// <summary>The longest answer that is read; 16 MiB.</summary>
        public long? MaxResponseBytes { get; set; }
        /// <summary>The hosts that <see cref="YmChatClient.DownloadFile"/> shows the credentials to, over https; where it
        /// is empty, those of the service: "*.yandex.net", "*.yandex.ru", "*.yandex.com".</summary>
        public IList<string> FileHosts
        {
            get { return _fileHosts; }
        }
        /// <summary>"off", or "reject": texts with contacts or links are not sent.</summary>
        public string CheckMessages { get; set; }
        /// <summary>"en" or "ru": of the sentences of errors.</summary>
        public string Language { get; set; }
        /// <summary>Lets <see cref="BaseUrl"/> be plain http to another computer.</summary>
        public bool? AllowInsecureHttp { get; set; }

        internal override void Write(JsonWriter writer)
        {
            writer.Add("apiKey", ApiKey);
            writer.Add("oauthToken", OAuthToken);
            writer.Add("businessId", BusinessId);
            writer.Add("baseUrl", BaseUrl);
            writer.Add("integration", Integration);
            writer.Add("connectTimeoutMs", ConnectTimeout);
            writer.Add("attemptTimeoutMs", AttemptTimeout);
            writer.Add("callTimeoutMs", CallTimeout);
            writer.Add("maxAttempts", MaxAttempts);
            writer.Add("maxParallel", MaxParallel);
            writer.Add("proxy", Proxy);
            writer.Add("caFile", CaFile);
            writer.Add("trust", Trust);
            writer.Add("maxResponseBytes", MaxResponseBytes);
            writer.Add("fileHosts", _fileHosts, host => JsonWriter.Quoted(host, "fileHosts"));
            writer.Add("checkMessages", CheckMessages);
            writer.Add("language", Language);
            writer.Add("allowInsecureHttp", AllowInsecureHttp);
        }
    }

    /// <summary>Which page.</summary>
    public class PageOptions : Members
    {
        /// <summary>The size of a page.</summary>
        public int? Limit { get; set; }
        /// <summary><see cref="Page{T}.NextPageToken"/> of the page before.</summary>
        public string PageToken { get; set; }

        internal override void Write(JsonWriter writer)
        {
            writer.Add("limit", Limit);
            writer.Add("pageToken", PageToken);
        }
    }

    /// <summary>Which chats.</summary>
    public sealed class ChatsOptions : PageOptions
    {
        private readonly List<long> _orderIds = new List<long>();
        private readonly List<ContextId> _contexts = new List<ContextId>();
        private readonly List<string> _contextTypes = new List<string>();
        private readonly List<string> _types = new List<string>();
        private readonly List<string> _statuses = new List<string>();

        /// <summary>Chats about these orders (deprecated by the API: use <see cref="Contexts"/>).</summary>
        public IList<long> OrderIds
        {
            get { return _orderIds; }
        }

        /// <summary>Chats about these orders and returns.</summary>
        public IList<ContextId> Contexts
        {
            get { return _contexts; }
        }

        /// <summary>Chats about this: "ORDER", "RETURN", "DIRECT".</summary>
        public IList<string> ContextTypes
        {
            get { return _contextTypes; }
        }

        /// <summary>"CHAT", "ARBITRAGE".</summary>
        public IList<string> Types
        {
            get { return _types; }
        }

        /// <summary>"NEW", "WAITING_FOR_PARTNER", …</summary>
        public IList<string> Statuses
        {
            get { return _statuses; }
        }

        /// <summary>For this call, instead of the client's.</summary>
        public TimeSpan? CallTimeout { get; set; }
        /// <summary>How much JSON <see cref="YmChatClient.GetAllChats"/> collects before it fails; 64 MiB. Other calls
        /// refuse it.</summary>
        public long? MaxTotalBytes { get; set; }

        internal override void Write(JsonWriter writer)
        {
            base.Write(writer);
            writer.Add("orderIds", _orderIds, JsonWriter.Number);
            writer.Add("contexts", _contexts, ContextId.Write);
            writer.Add("contextTypes", _contextTypes, type => JsonWriter.Quoted(type, "contextTypes"));
            writer.Add("types", _types, type => JsonWriter.Quoted(type, "types"));
            writer.Add("statuses", _statuses, status => JsonWriter.Quoted(status, "statuses"));
            writer.Add("callTimeoutMs", CallTimeout);
            writer.Add("maxTotalBytes", MaxTotalBytes);
        }
    }

    /// <summary>An order or a return.</summary>
    public struct ContextId
    {
        private readonly string _type;
        private readonly long _id;

        /// <summary>An order or a return.</summary>
        /// <param name="type">"ORDER" or "RETURN".</param>
        /// <param name="id">Its id.</param>
        public ContextId(string type, long id)
        {
            _type = type;
            _id = id;
        }

        internal static string Write(ContextId context)
        {
            var writer = new JsonWriter();
            writer.Add("type", context._type);
            writer.Add("id", context._id);
            return writer.ToString();
        }
    }

    /// <summary>Which messages.</summary>
    public sealed class HistoryOptions : PageOptions
    {
        /// <summary>Messages from this one on; whether it is among them is not documented.</summary>
        public long? MessageIdFrom { get; set; }
        /// <summary>For this call, instead of the client's.</summary>
        public TimeSpan? CallTimeout { get; set; }
        /// <summary>How much JSON <see cref="YmChatClient.GetMessagesSince"/> collects before it fails; 64 MiB. Other
        /// calls refuse it.</summary>
        public long? MaxTotalBytes { get; set; }

        internal override void Write(JsonWriter writer)
        {
            base.Write(writer);
            writer.Add("messageIdFrom", MessageIdFrom);
            writer.Add("callTimeoutMs", CallTimeout);
            writer.Add("maxTotalBytes", MaxTotalBytes);
        }
    }

    /// <summary>What to look for, and for how long. A token belongs to one <see cref="Scope"/>, <see cref="Types"/> and
    /// <see cref="ContextTypes"/>: give the same ones with each call.</summary>
    public sealed class SyncOptions : Members
    {
        private readonly List<string> _types = new List<string>();
        private readonly List<string> _contextTypes = new List<string>();
        private readonly List<long> _chatIds = new List<long>();

        /// <summary>With what to begin where there is no token: "waiting" (everything in chats that wait for an answer),
        /// "now", "all", or a date such as "2026-11-20T10:00:00+03:00"; "waiting".</summary>
        public string Start { get; set; }
        /// <summary>"waiting" (chats that are NEW, WAITING_FOR_PARTNER or WAITING_FOR_ARBITER: a chat that comes up
        /// brings all that it has new), or "all"; "waiting".</summary>
        public string Scope { get; set; }
        /// <summary>Messages in one result, 1 to 100000; 500.</summary>
        public int? Limit { get; set; }
        /// <summary>How long to wait until something is there; not at all.</summary>
        public TimeSpan? Wait { get; set; }
        /// <summary>For each look, instead of the client's; a call lasts as long as this and <see cref="Wait"/>
        /// together.</summary>
        public TimeSpan? CallTimeout { get; set; }

        /// <summary>"CHAT", "ARBITRAGE".</summary>
        public IList<string> Types
        {
            get { return _types; }
        }

        /// <summary>Chats about this: "ORDER", "RETURN", "DIRECT".</summary>
        public IList<string> ContextTypes
        {
            get { return _contextTypes; }
        }

        /// <summary>Look at these chats only, such as a notification names: one request for one new message.</summary>
        public IList<long> ChatIds
        {
            get { return _chatIds; }
        }

        internal override void Write(JsonWriter writer)
        {
            writer.Add("start", Start);
            writer.Add("scope", Scope);
            writer.Add("types", _types, type => JsonWriter.Quoted(type, "types"));
            writer.Add("contextTypes", _contextTypes, type => JsonWriter.Quoted(type, "contextTypes"));
            writer.Add("limit", Limit);
            writer.Add("chatIds", _chatIds, JsonWriter.Number);
            writer.Add("waitMs", Wait);
            writer.Add("callTimeoutMs", CallTimeout);
        }
    }

    /// <summary>How important a line of the log is.</summary>
    public enum YmChatLogLevel
    {
        /// <summary>Something went wrong that a person should look at.</summary>
        Error = 1,
        /// <summary>A call goes on, but without something that belongs to it.</summary>
        Warn = 2,
        /// <summary>A wait or a repetition, and why.</summary>
        Info = 3,
        /// <summary>A request and its answer.</summary>
        Debug = 4
    }

    /// <summary>How a file is brought to a path.</summary>
    public sealed class DownloadOptions : Members
    {
        private readonly List<string> _allowHosts = new List<string>();

        /// <summary>Whether a file that is there is replaced; false.</summary>
        public bool? Overwrite { get; set; }
        /// <summary>A longer file is an error; 50 MiB.</summary>
        public long? MaxBytes { get; set; }
        /// <summary>For this call, instead of the client's. <see cref="YmChatConfig.AttemptTimeout"/> is how long nothing
        /// may come.</summary>
        public TimeSpan? CallTimeout { get; set; }

        /// <summary>Foreign hosts that may be asked, without credentials: "cdn.example.org".</summary>
        public IList<string> AllowHosts
        {
            get { return _allowHosts; }
        }

        internal override void Write(JsonWriter writer)
        {
            writer.Add("overwrite", Overwrite);
            writer.Add("maxBytes", MaxBytes);
            writer.Add("allowHosts", _allowHosts, host => JsonWriter.Quoted(host, "allowHosts"));
            writer.Add("callTimeoutMs", CallTimeout);
        }
    }

    /// <summary>How a notification is answered, and from where it is accepted.</summary>
    public sealed class NotificationOptions : Members
    {
        private readonly List<string> _allowFrom = new List<string>();

        /// <summary>Of your program, for the answer, 1 to 100 characters; "ymchat".</summary>
        public string Name { get; set; }
        /// <summary>Of your program, for the answer, 1 to 100 characters; the library's.</summary>
        public string Version { get; set; }
        /// <summary>Where the request came from, IPv4 or IPv6, with a port or without: other addresses than the Market's
        /// are refused then. Behind a proxy, the one that the proxy saw.</summary>
        public string RemoteAddress { get; set; }

        /// <summary>Networks and addresses in place of the Market's: "10.0.0.0/8".</summary>
        public IList<string> AllowFrom
        {
            get { return _allowFrom; }
        }

        internal override void Write(JsonWriter writer)
        {
            writer.Add("name", Name);
            writer.Add("version", Version);
            writer.Add("remoteAddress", RemoteAddress);
            writer.Add("allowFrom", _allowFrom, network => JsonWriter.Quoted(network, "allowFrom"));
        }
    }

    /// <summary>What a text is searched for: everything, unless told otherwise.</summary>
    public sealed class MessageCheckOptions : Members
    {
        private readonly List<string> _kinds = new List<string>();
        private readonly List<string> _allowHosts = new List<string>();

        /// <summary>"link", "email", "phone", "messenger".</summary>
        public IList<string> Kinds
        {
            get { return _kinds; }
        }

        /// <summary>Host names to which links are allowed, such as "cdek.ru"; the hosts below them are allowed,
        /// too.</summary>
        public IList<string> AllowHosts
        {
            get { return _allowHosts; }
        }

        internal override void Write(JsonWriter writer)
        {
            writer.Add("kinds", _kinds, kind => JsonWriter.Quoted(kind, "kinds"));
            writer.Add("allowHosts", _allowHosts, host => JsonWriter.Quoted(host, "allowHosts"));
        }
    }

    /// <summary>What is done about a lost answer.</summary>
    public sealed class SendOptions : Members
    {
        /// <summary>The newest message of the chat that you know.</summary>
        public long? AfterMessageId { get; set; }
        /// <summary>When the answer is lost, look for the message in the history; true.</summary>
        public bool? Resolve { get; set; }
        /// <summary>Send it again when the history proves that it did not arrive, as often as the call's time allows.
        /// The proof takes 11 seconds, and a message of the chat that was known before. Null: where one was known
        /// anyway. True: the chat is read first where none is. False: never.</summary>
        public bool? Resend { get; set; }
        /// <summary>Look up the id after a plain success, too.</summary>
        public bool? ReturnMessageId { get; set; }
        /// <summary>What <see cref="YmChatClient.PrepareSend(long, string)"/> gave, or
        /// <see cref="YmChatError.Ticket"/>.</summary>
        public string Ticket { get; set; }
        /// <summary>For this call, instead of the client's.</summary>
        public TimeSpan? CallTimeout { get; set; }

        internal override void Write(JsonWriter writer)
        {
            writer.Add("afterMessageId", AfterMessageId);
            writer.Add("resolve", Resolve);
            writer.Add("resend", Resend);
            writer.Add("returnMessageId", ReturnMessageId);
            writer.Add("ticket", Ticket);
            writer.Add("callTimeoutMs", CallTimeout);
        }
    }

    // ---- Results ---------------------------------------------------------------------------------

    /// <summary>One page of a list.</summary>
    /// <typeparam name="T">What is listed.</typeparam>
    public sealed class Page<T>
    {
        internal Page(YmJson json, string pointer, Func<YmJson, string, T> read)
        {
            Raw = json.GetRaw("");
            Items = json.List(pointer, read);
            string token = json.GetString("/paging/nextPageToken");
            NextPageToken = token == "" ? null : token;
        }

        /// <summary>The items, in an order that the API does not document.</summary>
        public IList<T> Items { get; private set; }
        /// <summary>The token of the next page, opaque; null on the last page.</summary>
        public string NextPageToken { get; private set; }
        /// <summary>The result as it came, unknown members included.</summary>
        public string Raw { get; private set; }
    }

    /// <summary>A chat.</summary>
    public sealed class Chat
    {
        /// <summary>The chat's id.</summary>
        public long ChatId { get; private set; }
        /// <summary>What the chat is about; may be null.</summary>
        public ChatContext Context { get; private set; }
        /// <summary>"CHAT" or "ARBITRAGE", or a newer word.</summary>
        public string Type { get; private set; }
        /// <summary>Whose turn it is: "NEW", "WAITING_FOR_PARTNER", …, or a newer word.</summary>
        public string Status { get; private set; }
        /// <summary>When the chat was created; null where the text is no date, it stands in <see cref="Raw"/>
        /// then.</summary>
        public DateTimeOffset? CreatedAt { get; private set; }
        /// <summary>When its last message was written; null like <see cref="CreatedAt"/>.</summary>
        public DateTimeOffset? UpdatedAt { get; private set; }
        /// <summary>The chat as it came, unknown members included.</summary>
        public string Raw { get; private set; }

        internal static Chat Read(YmJson json, string at)
        {
            return new Chat
            {
                ChatId = json.NeededInt64(at + "/chatId"),
                Context = ChatContext.Read(json, at + "/context"),
                Type = json.GetString(at + "/type"),
                Status = json.GetString(at + "/status"),
                CreatedAt = json.Date(at + "/createdAt"),
                UpdatedAt = json.Date(at + "/updatedAt"),
                Raw = json.GetRaw(at)
            };
        }
    }

    /// <summary>What a chat is about, and with whom.</summary>
    public sealed class ChatContext
    {
        /// <summary>"ORDER", "RETURN", "DIRECT", or a newer word.</summary>
        public string Type { get; private set; }
        /// <summary>The order's id, for ORDER and RETURN.</summary>
        public long? OrderId { get; private set; }
        /// <summary>The return's id, for RETURN.</summary>
        public long? ReturnId { get; private set; }
        /// <summary>The shop's (campaign's) id.</summary>
        public long? CampaignId { get; private set; }
        /// <summary>The customer's public name; may be null.</summary>
        public string CustomerName { get; private set; }
        /// <summary>The customer's public id; may be null.</summary>
        public string CustomerPublicId { get; private set; }

        internal static ChatContext Read(YmJson json, string at)
        {
            if (!json.Has(at))
                return null;
            return new ChatContext
            {
                Type = json.GetString(at + "/type"),
                OrderId = json.GetInt64(at + "/orderId"),
                ReturnId = json.GetInt64(at + "/returnId"),
                CampaignId = json.GetInt64(at + "/campaignId"),
                CustomerName = json.GetString(at + "/customer/name"),
                CustomerPublicId = json.GetString(at + "/customer/publicId")
            };
        }
    }

    /// <summary>A message of a chat.</summary>
    public sealed class ChatMessage
    {
        /// <summary>The message's id; a newer message has a greater one.</summary>
        public long MessageId { get; private set; }
        /// <summary>When it was written; null where the text is no date, it stands in <see cref="Raw"/> then.</summary>
        public DateTimeOffset? CreatedAt { get; private set; }
        /// <summary>"PARTNER" (the shop), "CUSTOMER", "MARKET", "SUPPORT", or a newer word.</summary>
        public string Sender { get; private set; }
        /// <summary>The text; null where there are only files.</summary>
        public string Message { get; private set; }
        /// <summary>The files.</summary>
        public IList<ChatFile> Files { get; private set; }
        /// <summary>The message as it came, unknown members included.</summary>
        public string Raw { get; private set; }

        internal static ChatMessage Read(YmJson json, string at)
        {
            return new ChatMessage
            {
                MessageId = json.NeededInt64(at + "/messageId"),
                CreatedAt = json.Date(at + "/createdAt"),
                Sender = json.GetString(at + "/sender"),
                Message = json.GetString(at + "/message"),
                Files = json.List(at + "/payload", ChatFile.Read),
                Raw = json.GetRaw(at)
            };
        }
    }

    /// <summary>A file in a message.</summary>
    public sealed class ChatFile
    {
        /// <summary>The file's name.</summary>
        public string Name { get; private set; }
        /// <summary>Where it can be fetched.</summary>
        public string Url { get; private set; }
        /// <summary>Its size in bytes.</summary>
        public long? Size { get; private set; }

        internal static ChatFile Read(YmJson json, string at)
        {
            return new ChatFile
            {
                Name = json.GetString(at + "/name"),
                Url = json.GetString(at + "/url"),
                Size = json.GetInt64(at + "/size")
            };
        }
    }

    /// <summary>A message or file that was sent.</summary>
    public sealed class SendResult
    {
        internal SendResult(YmJson json)
        {
            Outcome = json.GetString("/outcome");
            MessageId = json.GetInt64("/messageId");
            Attempts = (int)(json.GetInt64("/attempts") ?? 0);
            Raw = json.GetRaw("");
        }

        /// <summary>"sent" (the service acknowledged it) or "confirmed" (it was found in the history).</summary>
        public string Outcome { get; private set; }
        /// <summary>The message's id, where it is known.</summary>
        public long? MessageId { get; private set; }
        /// <summary>How many requests it took.</summary>
        public int Attempts { get; private set; }
        /// <summary>The result as it came.</summary>
        public string Raw { get; private set; }
    }

    /// <summary>What is new. Store <see cref="Since"/> together with the messages, in one transaction.</summary>
    public sealed class SyncResult
    {
        internal SyncResult(YmJson json)
        {
            Since = json.GetString("/since");
            Chats = json.List("/chats", SyncChat.Read);
            More = json.GetBoolean("/more") ?? false;
        }

        /// <summary>The token for the next call: ASCII, at most 64 KiB.</summary>
        public string Since { get; private set; }
        /// <summary>The chats that have something new.</summary>
        public IList<SyncChat> Chats { get; private set; }
        /// <summary>Whether there is more to fetch at once.</summary>
        public bool More { get; private set; }
    }

    /// <summary>A chat with its new messages.</summary>
    public sealed class SyncChat
    {
        /// <summary>The chat. Where <see cref="SyncOptions.ChatIds"/> named it, it is what its history says: its id and
        /// context.</summary>
        public Chat Chat { get; private set; }
        /// <summary>The new messages, ascending by their ids.</summary>
        public IList<ChatMessage> Messages { get; private set; }

        internal static SyncChat Read(YmJson json, string at)
        {
            return new SyncChat
            {
                Chat = Chat.Read(json, at + "/chat"),
                Messages = json.List(at + "/messages", ChatMessage.Read)
            };
        }
    }

    /// <summary>A request that claims to be a notification of the Market, and the answer to it.</summary>
    public sealed class Notification
    {
        internal Notification(YmJson json)
        {
            Accepted = json.GetBoolean("/accepted") ?? false;
            Type = json.GetString("/type");
            BusinessId = json.GetInt64("/businessId");
            ChatId = json.GetInt64("/chatId");
            MessageId = json.GetInt64("/messageId");
            Key = json.GetString("/key");
            Raw = Accepted ? json.GetRaw("/notification") : null;
            ReplyStatus = (int)json.NeededInt64("/reply/httpStatus");
            ReplyBody = json.GetString("/reply/body");
        }

        /// <summary>Whether it is one, from an address that may send it. Answer in either case.</summary>
        public bool Accepted { get; private set; }
        /// <summary>PING, CHAT_CREATED, CHAT_MESSAGE_SENT, CHAT_ARBITRAGE_STARTED, CHAT_ARBITRAGE_FINISHED, or another
        /// one, which is about other things than chats. Empty if it is refused.</summary>
        public string Type { get; private set; }
        /// <summary>The business; null where the notification names none.</summary>
        public long? BusinessId { get; private set; }
        /// <summary>The chat, for <see cref="SyncOptions.ChatIds"/>; null where the notification names none.</summary>
        public long? ChatId { get; private set; }
        /// <summary>The message; null where the notification names none.</summary>
        public long? MessageId { get; private set; }
        /// <summary>The same for the same event, however often it is sent: at most 200 characters of ASCII. Empty if it
        /// is refused.</summary>
        public string Key { get; private set; }
        /// <summary>The JSON that the Market sent; null if it is refused.</summary>
        public string Raw { get; private set; }
        /// <summary>The HTTP status to answer with: 200, 400 for what is no notification, 403 for one from a foreign
        /// address.</summary>
        public int ReplyStatus { get; private set; }
        /// <summary>The body to answer with: application/json, in UTF-8.</summary>
        public string ReplyBody { get; private set; }
    }

    /// <summary>What was found in a text.</summary>
    public sealed class MessageCheck
    {
        internal MessageCheck(YmJson json)
        {
            Ok = json.GetBoolean("/ok") ?? false;
            Findings = json.List("/findings", Finding.Read);
        }

        /// <summary>Whether nothing was found.</summary>
        public bool Ok { get; private set; }
        /// <summary>In the order of the text; they do not overlap.</summary>
        public IList<Finding> Findings { get; private set; }
    }

    /// <summary>A part of a text that the rules of the chat may forbid: text.Substring(Start, Length).</summary>
    public sealed class Finding
    {
        /// <summary>"link", "email", "phone" or "messenger".</summary>
        public string Kind { get; private set; }
        /// <summary>Where it begins.</summary>
        public int Start { get; private set; }
        /// <summary>How long it is.</summary>
        public int Length { get; private set; }
        /// <summary>The part itself.</summary>
        public string Text { get; private set; }

        internal static Finding Read(YmJson json, string at)
        {
            return new Finding
            {
                Kind = json.GetString(at + "/kind"),
                Start = (int)json.NeededInt64(at + "/start"),
                Length = (int)json.NeededInt64(at + "/length"),
                Text = json.GetString(at + "/text")
            };
        }
    }

    /// <summary>A file that has been brought to a path.</summary>
    public sealed class DownloadedFile
    {
        internal DownloadedFile(YmJson json)
        {
            Path = json.GetString("/path");
            Bytes = json.NeededInt64("/bytes");
            string type = json.GetString("/contentType");
            ContentType = type == "" ? null : type;
        }

        /// <summary>The path, as it was given.</summary>
        public string Path { get; private set; }
        /// <summary>Its length.</summary>
        public long Bytes { get; private set; }
        /// <summary>What the server says that it is; nobody has checked it. May be null.</summary>
        public string ContentType { get; private set; }
    }

    /// <summary>How far a download has come.</summary>
    public struct DownloadProgress
    {
        private readonly long _bytes;
        private readonly long _total;

        internal DownloadProgress(long bytes, long total)
        {
            _bytes = bytes;
            _total = total;
        }

        /// <summary>What has been received. It begins anew where the library tries again.</summary>
        public long Bytes
        {
            get { return _bytes; }
        }

        /// <summary>The length of the file, 0 where it is not known.</summary>
        public long Total
        {
            get { return _total; }
        }
    }

    /// <summary>How far a sync has come.</summary>
    public struct SyncProgress
    {
        private readonly long _chats;
        private readonly long _messages;

        internal SyncProgress(long chats, long messages)
        {
            _chats = chats;
            _messages = messages;
        }

        /// <summary>Chats that were looked at.</summary>
        public long Chats
        {
            get { return _chats; }
        }

        /// <summary>New messages that were found.</summary>
        public long Messages
        {
            get { return _messages; }
        }
    }

    /// <summary>A shop (campaign) of a business.</summary>
    public sealed class Campaign
    {
        /// <summary>The shop's id.</summary>
        public long? Id { get; private set; }
        /// <summary>Its address or name.</summary>
        public string Domain { get; private set; }
        /// <summary>The business that it belongs to.</summary>
        public long? BusinessId { get; private set; }
        /// <summary>The name of that business.</summary>
        public string BusinessName { get; private set; }
        /// <summary>The shop as it came, unknown members included.</summary>
        public string Raw { get; private set; }

        internal static Campaign Read(YmJson json, string at)
        {
            return new Campaign
            {
                Id = json.GetInt64(at + "/id"),
                Domain = json.GetString(at + "/domain"),
                BusinessId = json.GetInt64(at + "/business/id"),
                BusinessName = json.GetString(at + "/business/name"),
                Raw = json.GetRaw(at)
            };
        }
    }

    // ---- Errors ----------------------------------------------------------------------------------

    /// <summary>How a call ended. The numbers are pinned for ever, and the same in every language.</summary>
    public enum YmChatStatus
    {
        /// <summary>Success.</summary>
        Ok = 0,
        /// <summary>An argument, an option or the configuration is wrong. Nothing was sent.</summary>
        InvalidArgument = 1,
        /// <summary>HTTP 401: no credential, or a malformed or revoked one.</summary>
        Unauthorized = 2,
        /// <summary>HTTP 403: the credential does not grant access to this business or this operation.</summary>
        Forbidden = 3,
        /// <summary>HTTP 404: no such chat or message.</summary>
        NotFound = 4,
        /// <summary>Another 4xx, or an answer that says ERROR: the service rejected the request.</summary>
        BadRequest = 5,
        /// <summary>A limit is used up. Wait <see cref="YmChatError.RetryAfter"/>, then call again.</summary>
        RateLimited = 6,
        /// <summary>HTTP 5xx: the service failed. Call again later.</summary>
        Server = 7,
        /// <summary>No connection, or it broke.</summary>
        Network = 8,
        /// <summary>No answer in time.</summary>
        Timeout = 9,
        /// <summary>A send that may or may not have arrived: look into the chat before it is sent again.</summary>
        OutcomeUnknown = 10,
        /// <summary>The answer is not what the API promises.</summary>
        Protocol = 11,
        /// <summary>The call was cancelled by <see cref="YmChatClient.Cancel"/> or <see cref="YmChatClient.Dispose"/>.
        /// </summary>
        Cancelled = 12,
        /// <summary>The message check rejected the text.</summary>
        Rejected = 13,
        /// <summary>A defect of the library; the message holds what is known of it.</summary>
        Internal = 14,
    }

    /// <summary>What each exception of this namespace has, but <see cref="YmChatLibraryException"/>.</summary>
    public interface IYmChatError
    {
        /// <summary>What is known of the failure.</summary>
        YmChatError Error { get; }
    }

    /// <summary>One entry of the service's own list of errors.</summary>
    public sealed class ApiError
    {
        /// <summary>The service's code, such as "BAD_REQUEST".</summary>
        public string Code { get; private set; }
        /// <summary>The service's words; it may leave them out.</summary>
        public string Message { get; private set; }

        internal static ApiError Read(YmJson json, string at)
        {
            return new ApiError { Code = json.GetString(at + "/code"), Message = json.GetString(at + "/message") };
        }
    }

    /// <summary>What is known of a failure. It never holds a credential.</summary>
    public sealed class YmChatError
    {
        private YmChatError(string operation, int status, YmJson json)
        {
            Raw = json.GetRaw("");
            Status = (YmChatStatus)status;
            Name = json.GetString("/name");
            Operation = json.GetString("/operation") ?? operation;
            Message = json.GetString("/message") ?? Operation + ": status " + JsonWriter.Number(status);
            HttpStatus = (int?)json.GetInt64("/httpStatus");
            Errors = json.List("/errors", ApiError.Read);
            Retryable = json.GetBoolean("/retryable") ?? false;
            long? wait = json.GetInt64("/retryAfterMs");
            RetryAfter = wait == null ? (TimeSpan?)null : TimeSpan.FromMilliseconds(wait.Value);
            Action = json.GetString("/action");
            TraceId = json.GetString("/traceId");
            Attempts = (int)(json.GetInt64("/attempts") ?? 0);
            Outcome = json.GetString("/outcome");
            Known = json.GetRaw("/known");
            Ticket = json.GetString("/ticket");
        }

        /// <summary>How the call ended.</summary>
        public YmChatStatus Status { get; private set; }
        /// <summary>The status by its name in the C ABI, such as "NOT_FOUND".</summary>
        public string Name { get; private set; }
        /// <summary>A sentence for a person.</summary>
        public string Message { get; private set; }
        /// <summary>The call, by the API's operationId or, for the library's own calls, by their name.</summary>
        public string Operation { get; private set; }
        /// <summary>The HTTP status, where there was an answer.</summary>
        public int? HttpStatus { get; private set; }
        /// <summary>The service's own list of errors; empty where it gave none.</summary>
        public IList<ApiError> Errors { get; private set; }
        /// <summary>Whether the same call, made again later, may succeed and can do no harm.</summary>
        public bool Retryable { get; private set; }
        /// <summary>How long to wait before the call is made again, where that is known.</summary>
        public TimeSpan? RetryAfter { get; private set; }
        /// <summary>What to do: "fix_request", "check_credentials", "grant_access", "wait", "retry", "check_history" or
        /// "contact_support".</summary>
        public string Action { get; private set; }
        /// <summary>The W3C trace id of the last attempt; the service's support finds it by this.</summary>
        public string TraceId { get; private set; }
        /// <summary>How many requests were sent, or tried to be sent.</summary>
        public int Attempts { get; private set; }
        /// <summary>Sends alone: "notSent" (it certainly did not arrive) or "unknown" (it may have).</summary>
        public string Outcome { get; private set; }
        /// <summary>Sends alone: what the search for the lost message found out, as JSON.</summary>
        public string Known { get; private set; }
        /// <summary>Sends alone: the ticket with which the send can be taken up again.</summary>
        public string Ticket { get; private set; }
        /// <summary>The whole error document.</summary>
        public string Raw { get; private set; }

        internal static Exception Of(string operation, int status, YmJson document)
        {
            var error = new YmChatError(operation, status, document);
            switch (error.Status)
            {
                case YmChatStatus.InvalidArgument: return new YmChatArgumentException(error);
                case YmChatStatus.Unauthorized: return new YmChatUnauthorizedException(error);
                case YmChatStatus.Forbidden: return new YmChatForbiddenException(error);
                case YmChatStatus.NotFound: return new YmChatNotFoundException(error);
                case YmChatStatus.BadRequest: return new YmChatBadRequestException(error);
                case YmChatStatus.RateLimited: return new YmChatRateLimitedException(error);
                case YmChatStatus.Server: return new YmChatServerException(error);
                case YmChatStatus.Network: return new YmChatNetworkException(error);
                case YmChatStatus.Timeout: return new YmChatTimeoutException(error);
                case YmChatStatus.OutcomeUnknown: return new YmChatOutcomeUnknownException(error);
                case YmChatStatus.Protocol: return new YmChatProtocolException(error);
                case YmChatStatus.Cancelled: return new YmChatCancelledException(error);
                case YmChatStatus.Rejected: return new YmChatRejectedException(error);
                case YmChatStatus.Internal: return new YmChatInternalException(error);
                // A status of a newer library.
                default: return new YmChatException(error);
            }
        }

        internal static Exception Invalid(string operation, string problem, bool sends)
        {
            const YmChatStatus status = YmChatStatus.InvalidArgument;
            using (YmJson document = Own(status, operation, problem, "fix_request", sends))
                return Of(operation, (int)status, document);
        }

        internal static Exception Protocol(string operation, string problem)
        {
            const YmChatStatus status = YmChatStatus.Protocol;
            using (YmJson document = Own(status, operation, problem, "contact_support", false))
                return Of(operation, (int)status, document);
        }

        internal static Exception Closed(string operation, bool sends)
        {
            const YmChatStatus status = YmChatStatus.InvalidArgument;
            const string problem = "the client was disposed of. Open another one.";
            using (YmJson document = Own(status, operation, problem, "fix_request", sends))
                return Closed(operation, document);
        }

        internal static Exception Closed(string operation, YmJson document)
        {
            return new YmChatDisposedException(
                new YmChatError(operation, (int)YmChatStatus.InvalidArgument, document));
        }

        // A document of this file's own, as the library gives it.
        private static YmJson Own(YmChatStatus status, string operation, string problem, string action, bool sends)
        {
            Native.Load();
            var writer = new JsonWriter();
            writer.Add("status", (long)status);
            writer.Add("name", Text.FromUtf8(Native.StatusName((int)status)));
            writer.Add("message", operation + ": " + problem);
            writer.Add("operation", operation);
            writer.Add("retryable", false);
            writer.Add("action", action);
            writer.Add("attempts", 0);
            if (sends)
                writer.Add("outcome", "notSent");
            return YmJson.Parse(writer.ToString());
        }
    }

    /// <summary>The shared library is missing, is another one, or does not fit this file. The installation is wrong,
    /// not a call.</summary>
    public sealed class YmChatLibraryException : Exception
    {
        internal YmChatLibraryException(string message)
            : base(message)
        {
        }
    }

    /// <summary>An argument, an option or the configuration is wrong. Nothing was sent.</summary>
    public sealed class YmChatArgumentException : ArgumentException, IYmChatError
    {
        internal YmChatArgumentException(YmChatError error)
            : base(error.Message)
        {
            Error = error;
        }

        /// <summary>What is known of the failure.</summary>
        public YmChatError Error { get; private set; }
    }

    /// <summary>The client was disposed of; nothing was sent.</summary>
    public sealed class YmChatDisposedException : ObjectDisposedException, IYmChatError
    {
        internal YmChatDisposedException(YmChatError error)
            : base("YmChatClient", error.Message)
        {
            Error = error;
        }

        /// <summary>What is known of the failure.</summary>
        public YmChatError Error { get; private set; }
    }

    /// <summary>A call failed. Every class below stands for one status; catch the one that you can treat.</summary>
    public class YmChatException : Exception, IYmChatError
    {
        internal YmChatException(YmChatError error)
            : base(error.Message)
        {
            Error = error;
        }

        /// <summary>What is known of the failure.</summary>
        public YmChatError Error { get; private set; }
    }

    /// <summary>HTTP 401: no credential, or a malformed or revoked one.</summary>
    public sealed class YmChatUnauthorizedException : YmChatException
    {
        internal YmChatUnauthorizedException(YmChatError error)
            : base(error)
        {
        }
    }

    /// <summary>HTTP 403: the credential does not grant access to this business or this operation.</summary>
    public sealed class YmChatForbiddenException : YmChatException
    {
        internal YmChatForbiddenException(YmChatError error)
            : base(error)
        {
        }
    }

    /// <summary>HTTP 404: no such chat or message.</summary>
    public sealed class YmChatNotFoundException : YmChatException
    {
        internal YmChatNotFoundException(YmChatError error)
            : base(error)
        {
        }
    }

    /// <summary>Another 4xx, or an answer that says ERROR: the service rejected the request.</summary>
    public sealed class YmChatBadRequestException : YmChatException
    {
        internal YmChatBadRequestException(YmChatError error)
            : base(error)
        {
        }
    }

    /// <summary>A limit is used up. Wait <see cref="YmChatError.RetryAfter"/>, then call again.</summary>
    public sealed class YmChatRateLimitedException : YmChatException
    {
        internal YmChatRateLimitedException(YmChatError error)
            : base(error)
        {
        }
    }

    /// <summary>HTTP 5xx: the service failed. Call again later.</summary>
    public sealed class YmChatServerException : YmChatException
    {
        internal YmChatServerException(YmChatError error)
            : base(error)
        {
        }
    }

    /// <summary>No connection, or it broke.</summary>
    public sealed class YmChatNetworkException : YmChatException
    {
        internal YmChatNetworkException(YmChatError error)
            : base(error)
        {
        }
    }

    /// <summary>No answer in time.</summary>
    public sealed class YmChatTimeoutException : YmChatException
    {
        internal YmChatTimeoutException(YmChatError error)
            : base(error)
        {
        }
    }

    /// <summary>A send that may or may not have arrived: look into the chat before it is sent again.</summary>
    public sealed class YmChatOutcomeUnknownException : YmChatException
    {
        internal YmChatOutcomeUnknownException(YmChatError error)
            : base(error)
        {
        }
    }

    /// <summary>The answer is not what the API promises.</summary>
    public sealed class YmChatProtocolException : YmChatException
    {
        internal YmChatProtocolException(YmChatError error)
            : base(error)
        {
        }
    }

    /// <summary>The call was cancelled, or the client was disposed of meanwhile.</summary>
    public sealed class YmChatCancelledException : YmChatException
    {
        internal YmChatCancelledException(YmChatError error)
            : base(error)
        {
        }
    }

    /// <summary>The message check rejected the text.</summary>
    public sealed class YmChatRejectedException : YmChatException
    {
        internal YmChatRejectedException(YmChatError error)
            : base(error)
        {
        }
    }

    /// <summary>A defect of the library; the message holds what is known of it.</summary>
    public sealed class YmChatInternalException : YmChatException
    {
        internal YmChatInternalException(YmChatError error)
            : base(error)
        {
        }
    }

    // ---- JSON ------------------------------------------------------------------------------------

    /// <summary>A JSON document for reading, by JSON Pointer (RFC 6901): "/chats/0/chatId"; "" is the whole.</summary>
    /// <remarks>
    /// Whole numbers are exact, beyond 2^53, too. Where a value is missing or null the reader gives null. A value of
    /// another kind raises <see cref="YmChatProtocolException"/>. A document never changes, and threads may share it.
    /// </remarks>
    public sealed class YmJson : IDisposable
    {
        private readonly JsonHandle _document;

        private YmJson(JsonHandle document)
        {
            _document = document;
        }

        /// <summary>Parses a JSON text of at most 64 MiB.</summary>
        /// <param name="json">The text.</param>
        public static YmJson Parse(string json)
        {
            Native.Load();
            byte[] text = Text.ToUtf8(json, "the text", "json", false);
            IntPtr document;
            if (Native.JsonParse(text, out document) != (int)YmChatStatus.Ok)
                throw YmChatError.Invalid("json", "the text is not JSON. Correct it.", false);
            return new YmJson(new JsonHandle(document));
        }

        /// <summary>Frees the document at once; otherwise that is done when it is collected.</summary>
        public void Dispose()
        {
            _document.Dispose();
        }

        /// <summary>Whether there is a value, and it is not null.</summary>
        /// <param name="pointer">Where it stands.</param>
        public bool Has(string pointer)
        {
            byte[] at = At(pointer);
            UIntPtr count;
            int status = Native.JsonCount(_document.DangerousGetHandle(), at, out count);
            if (status == (int)YmChatStatus.InvalidArgument)
            {
                // Neither an array nor an object: the text is short.
                IntPtr raw;
                status = Native.JsonRaw(_document.DangerousGetHandle(), at, out raw);
                Native.StringFree(raw);
            }
            return Found(status, pointer, at, "");
        }

        /// <summary>A string. U+0000 in it becomes U+FFFD.</summary>
        /// <param name="pointer">Where it stands.</param>
        public string GetString(string pointer)
        {
            byte[] at = At(pointer);
            IntPtr text;
            int status = Native.JsonText(_document.DangerousGetHandle(), at, out text);
            return Found(status, pointer, at, "a string") ? Text.Take(text) : null;
        }

        /// <summary>A whole number, or a string of decimal digits.</summary>
        /// <param name="pointer">Where it stands.</param>
        public long? GetInt64(string pointer)
        {
            byte[] at = At(pointer);
            long number;
            int status = Native.JsonInt64(_document.DangerousGetHandle(), at, out number);
            return Found(status, pointer, at, "a whole number of 64 bits") ? number : (long?)null;
        }

        /// <summary>true or false.</summary>
        /// <param name="pointer">Where it stands.</param>
        public bool? GetBoolean(string pointer)
        {
            byte[] at = At(pointer);
            int flag;
            int status = Native.JsonBool(_document.DangerousGetHandle(), at, out flag);
            return Found(status, pointer, at, "true or false") ? flag != 0 : (bool?)null;
        }

        /// <summary>How many items an array has, or members an object; 0 where there is none.</summary>
        /// <param name="pointer">Where it stands.</param>
        public int Count(string pointer)
        {
            byte[] at = At(pointer);
            UIntPtr count;
            int status = Native.JsonCount(_document.DangerousGetHandle(), at, out count);
            Found(status, pointer, at, "an array or an object");
            return (int)count;
        }

        /// <summary>The key of an object's member, for objects whose keys are not known before.</summary>
        /// <param name="pointer">Where the object stands.</param>
        /// <param name="index">Which member, from 0, in the order of the text.</param>
        public string GetKey(string pointer, int index)
        {
            byte[] at = At(pointer);
            IntPtr key = IntPtr.Zero;
            if (index < 0 || !Found(Native.JsonKey(_document.DangerousGetHandle(), at, (UIntPtr)index, out key), pointer,
                at, "an object"))
                throw new ArgumentOutOfRangeException("index");
            return Text.Take(key);
        }

        /// <summary>The value's own JSON text, null where there is no value.</summary>
        /// <param name="pointer">Where it stands.</param>
        public string GetRaw(string pointer)
        {
            byte[] at = At(pointer);
            IntPtr raw;
            int status = Native.JsonRaw(_document.DangerousGetHandle(), at, out raw);
            return Found(status, pointer, at, "") ? Text.Take(raw) : null;
        }

        /// <summary>The whole text.</summary>
        public override string ToString()
        {
            return GetRaw("");
        }

        // Takes over a text of the library; null where it cannot be read.
        internal static YmJson Take(IntPtr json)
        {
            try
            {
                IntPtr document;
                int status = Native.JsonParseText(json, out document);
                return status == (int)YmChatStatus.Ok ? new YmJson(new JsonHandle(document)) : null;
            }
            finally
            {
                Native.StringFree(json);
            }
        }

        internal long NeededInt64(string pointer)
        {
            long? value = GetInt64(pointer);
            if (value == null)
                throw Wrong(pointer, "there");
            return value.Value;
        }

        internal DateTimeOffset? Date(string pointer)
        {
            string[] formats = { "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'" };
            DateTimeOffset date;
            if (DateTimeOffset.TryParseExact(GetString(pointer), formats, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal, out date))
                return date;
            return null;
        }

        // What is null among the items is left out: the service's own documentation shows such files.
        internal IList<T> List<T>(string pointer, Func<YmJson, string, T> read)
        {
            var items = new List<T>();
            int count = Count(pointer);
            for (int i = 0; i < count; i++)
            {
                string at = pointer + "/" + JsonWriter.Number(i);
                if (Has(at))
                    items.Add(read(this, at));
            }
            return items.AsReadOnly();
        }

        private byte[] At(string pointer)
        {
            if (_document.IsClosed)
                throw new ObjectDisposedException("YmJson");
            return Text.ToUtf8(pointer, "the pointer", "json", false);
        }

        // Whether a reader has found a value; the document lives until here.
        private bool Found(int status, string pointer, byte[] at, string wanted)
        {
            if (status == (int)YmChatStatus.InvalidArgument)
            {
                // The text can be had of a value of any kind: if not, the pointer is wrong.
                IntPtr raw;
                status = Native.JsonRaw(_document.DangerousGetHandle(), at, out raw);
                Native.StringFree(raw);
                if (status == (int)YmChatStatus.InvalidArgument)
                    throw YmChatError.Invalid(
                        "json", "\"" + pointer + "\" is no JSON Pointer. Begin it with a slash.", false);
                throw Wrong(pointer, wanted);
            }
            GC.KeepAlive(this);
            return status == (int)YmChatStatus.Ok;
        }

        private static Exception Wrong(string pointer, string wanted)
        {
            string problem = "the value at \"" + pointer + "\" is not " + wanted + ". Read it with GetRaw.";
            return YmChatError.Protocol("json", problem);
        }
    }

    // Writes the members of one object. What is null is left out.
    internal sealed class JsonWriter
    {
        private readonly StringBuilder _text = new StringBuilder();

        internal static string Number(long value)
        {
            return value.ToString(CultureInfo.InvariantCulture);
        }

        // A JSON string. The text is checked before: JSON could say U+0000.
        internal static string Quoted(string value, string name)
        {
            Native.Load();
            byte[] text = Text.ToUtf8(value, name, "options", false);
            IntPtr quoted;
            Native.JsonQuote(text, out quoted);
            return Text.Take(quoted);
        }

        internal void AddRaw(string name, string json)
        {
            _text.Append(_text.Length == 0 ? "" : ",").Append(Quoted(name, "a name")).Append(':').Append(json);
        }

        internal void Add(string name, string value)
        {
            if (value != null)
                AddRaw(name, Quoted(value, name));
        }

        internal void Add(string name, long? value)
        {
            if (value != null)
                AddRaw(name, Number(value.Value));
        }

        internal void Add(string name, bool? value)
        {
            if (value != null)
                AddRaw(name, value.Value ? "true" : "false");
        }

        // Milliseconds, rounded up: half a millisecond is not "no time at all".
        internal void Add(string name, TimeSpan? value)
        {
            if (value != null)
                AddRaw(name, Number((long)Math.Ceiling(value.Value.TotalMilliseconds)));
        }

        internal void Add<T>(string name, List<T> items, Func<T, string> write)
        {
            if (items.Count > 0)
                AddRaw(name, "[" + string.Join(",", items.ConvertAll(item => write(item))) + "]");
        }

        public override string ToString()
        {
            return "{" + _text + "}";
        }
    }

    // ---- The shared library ----------------------------------------------------------------------

    // Texts of .NET are UTF-16, those of the library UTF-8 with a NUL at the end. The marshaller of the
    // .NET Framework knows the system's code page alone.
    internal static class Text
    {
        private static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);

        internal static void Check(string text, string name, string operation, bool sends)
        {
            if (text == null)
                throw YmChatError.Invalid(operation, name + " is null. Pass a text.", sends);
            for (int i = 0; i < text.Length; i++)
            {
                if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                    i++;
                else if (text[i] == '\0' || char.IsSurrogate(text[i]))
                {
                    string problem = " holds the character U+0000 or half of a surrogate pair. Remove it before the call.";
                    throw YmChatError.Invalid(operation, name + problem, sends);
                }
            }
        }

        internal static byte[] ToUtf8(string text, string name, string operation, bool sends)
        {
            Check(text, name, operation, sends);
            var bytes = new byte[Utf8.GetByteCount(text) + 1];
            Utf8.GetBytes(text, 0, text.Length, bytes, 0);
            return bytes;
        }

        internal static string FromUtf8(IntPtr text)
        {
            if (text == IntPtr.Zero)
                return null;
            int length = 0;
            while (Marshal.ReadByte(text, length) != 0)
                length++;
            var bytes = new byte[length];
            Marshal.Copy(text, bytes, 0, length);
            return Utf8.GetString(bytes);
        }

        // Copies and frees a text of the library.
        internal static string Take(IntPtr text)
        {
            try
            {
                return FromUtf8(text);
            }
            finally
            {
                Native.StringFree(text);
            }
        }
    }

    // A client of the library; freed at the latest when it is collected.
    internal sealed class ClientHandle : SafeHandle
    {
        internal ClientHandle(IntPtr client)
            : base(IntPtr.Zero, true)
        {
            SetHandle(client);
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        protected override bool ReleaseHandle()
        {
            // A scope may have ended with its client before.
            Native.ClientFree(handle);
            return true;
        }
    }

    // A parsed document of the library; freed at the latest when it is collected.
    internal sealed class JsonHandle : SafeHandle
    {
        internal JsonHandle(IntPtr document)
            : base(IntPtr.Zero, true)
        {
            SetHandle(document);
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        protected override bool ReleaseHandle()
        {
            return Native.JsonFree(handle) == (int)YmChatStatus.Ok;
        }
    }

    // The functions of ymchat.h. They are looked up by hand: DllImport cannot choose between the libraries of 32 and
    // of 64 bits.
    internal static class Native
    {
        // The ABI that this file was written for: major * 65536 + minor, as in ymchat.h.
        private const uint AbiVersion = 1;

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate IntPtr VersionCall();

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate uint AbiVersionCall();

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int ClientNewCall(byte[] config, out IntPtr client, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int HandleCall(IntPtr handle);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate void StringFreeCall(IntPtr text);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int ResultCall(IntPtr client, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int OptionsCall(IntPtr client, byte[] options, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int IdCall(IntPtr client, long id, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int IdOptionsCall(IntPtr client, long id, byte[] options, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int TwoIdsCall(IntPtr client, long id, long second, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int TwoIdsOptionsCall(IntPtr client, long id, long second, byte[] options, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int SendMessageCall(IntPtr client, long id, byte[] text, byte[] options, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int SendFileCall(
            IntPtr client, long id, byte[] name, byte[] data, UIntPtr length, byte[] options, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int CreateChatCall(IntPtr client, byte[] type, long id, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int ProgressCall(IntPtr userData, ulong chats, ulong messages);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int SyncCall(IntPtr client, byte[] since, byte[] options, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int SyncWithProgressCall(
            IntPtr client, byte[] since, byte[] options, ProgressCall progress, IntPtr userData, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int DownloadFileCall(
            IntPtr client, byte[] url, byte[] path, byte[] options, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int DownloadFileWithProgressCall(
            IntPtr client, byte[] url, byte[] path, byte[] options, ProgressCall progress, IntPtr userData,
            out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate void LogCall(IntPtr userData, int level, IntPtr text);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int SetLogCallbackCall(LogCall callback, IntPtr userData, int level);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int ParseNotificationCall(byte[] body, UIntPtr size, byte[] options, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int CheckMessageCall(byte[] text, byte[] options, out IntPtr json);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate IntPtr StatusNameCall(int status);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int JsonParseCall(byte[] text, out IntPtr document);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int JsonParseTextCall(IntPtr text, out IntPtr document);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int JsonTextCall(IntPtr document, byte[] pointer, out IntPtr text);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int JsonInt64Call(IntPtr document, byte[] pointer, out long number);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int JsonBoolCall(IntPtr document, byte[] pointer, out int flag);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int JsonCountCall(IntPtr document, byte[] pointer, out UIntPtr count);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int JsonKeyCall(IntPtr document, byte[] pointer, UIntPtr index, out IntPtr key);

        internal static VersionCall Version;
        internal static ClientNewCall ClientNew;
        internal static HandleCall ClientFree;
        internal static HandleCall ClientCancel;
        internal static JsonParseTextCall ClientScope;
        internal static ResultCall ClientStats;
        internal static StringFreeCall StringFree;
        internal static OptionsCall GetChats;
        internal static IdCall GetChat;
        internal static IdOptionsCall GetChatHistory;
        internal static TwoIdsCall GetChatMessage;
        internal static SendMessageCall SendMessage;
        internal static SendFileCall SendFile;
        internal static IdOptionsCall PrepareSend;
        internal static CreateChatCall CreateChat;
        internal static OptionsCall GetCampaigns;
        internal static ResultCall GetTokenInfo;
        internal static OptionsCall GetAllChats;
        internal static TwoIdsOptionsCall GetMessagesSince;
        internal static SyncCall Sync;
        internal static SyncWithProgressCall SyncWithProgress;
        internal static DownloadFileCall DownloadFile;
        internal static SetLogCallbackCall SetLogCallback;
        internal static DownloadFileWithProgressCall DownloadFileWithProgress;
        internal static ParseNotificationCall ParseNotification;
        internal static CheckMessageCall CheckMessage;
        internal static StatusNameCall StatusName;
        internal static JsonParseCall JsonParse;
        internal static JsonParseTextCall JsonParseText;
        internal static JsonTextCall JsonText;
        internal static JsonInt64Call JsonInt64;
        internal static JsonBoolCall JsonBool;
        internal static JsonCountCall JsonCount;
        internal static JsonKeyCall JsonKey;
        internal static JsonTextCall JsonRaw;
        internal static HandleCall JsonFree;
        internal static JsonParseCall JsonQuote;

        private static readonly object Loading = new object();
        private static volatile bool _loaded;

        // The library stays loaded until the process ends.
        internal static void Load()
        {
            if (_loaded)
                return;
            lock (Loading)
            {
                if (_loaded)
                    return;
                Bind();
                _loaded = true;
            }
        }

        private static void Bind()
        {
            string path;
            IntPtr module = Open(out path);
            if (Module.Find(module, "ymchat_abi_version") == IntPtr.Zero)
                throw new YmChatLibraryException("ymchat: " + path + " is no ymchat library: it has no function "
                    + "ymchat_abi_version. Install the right one.");
            CheckAbi(Find<AbiVersionCall>(module, "ymchat_abi_version", path)(), path);
            Version = Find<VersionCall>(module, "ymchat_version", path);
            ClientNew = Find<ClientNewCall>(module, "ymchat_client_new", path);
            ClientFree = Find<HandleCall>(module, "ymchat_client_free", path);
            ClientCancel = Find<HandleCall>(module, "ymchat_client_cancel", path);
            ClientScope = Find<JsonParseTextCall>(module, "ymchat_client_scope", path);
            ClientStats = Find<ResultCall>(module, "ymchat_client_stats", path);
            StringFree = Find<StringFreeCall>(module, "ymchat_string_free", path);
            GetChats = Find<OptionsCall>(module, "ymchat_get_chats", path);
            GetChat = Find<IdCall>(module, "ymchat_get_chat", path);
            GetChatHistory = Find<IdOptionsCall>(module, "ymchat_get_chat_history", path);
            GetChatMessage = Find<TwoIdsCall>(module, "ymchat_get_chat_message", path);
            SendMessage = Find<SendMessageCall>(module, "ymchat_send_message", path);
            SendFile = Find<SendFileCall>(module, "ymchat_send_file", path);
            PrepareSend = Find<IdOptionsCall>(module, "ymchat_prepare_send", path);
            CreateChat = Find<CreateChatCall>(module, "ymchat_create_chat", path);
            GetCampaigns = Find<OptionsCall>(module, "ymchat_get_campaigns", path);
            GetTokenInfo = Find<ResultCall>(module, "ymchat_get_token_info", path);
            GetAllChats = Find<OptionsCall>(module, "ymchat_get_all_chats", path);
            GetMessagesSince = Find<TwoIdsOptionsCall>(module, "ymchat_get_messages_since", path);
            Sync = Find<SyncCall>(module, "ymchat_sync", path);
            SyncWithProgress = Find<SyncWithProgressCall>(module, "ymchat_sync_with_progress", path);
            SetLogCallback = Find<SetLogCallbackCall>(module, "ymchat_set_log_callback", path);
            DownloadFile = Find<DownloadFileCall>(module, "ymchat_download_file", path);
            DownloadFileWithProgress =
                Find<DownloadFileWithProgressCall>(module, "ymchat_download_file_with_progress", path);
            ParseNotification = Find<ParseNotificationCall>(module, "ymchat_parse_notification", path);
            CheckMessage = Find<CheckMessageCall>(module, "ymchat_check_message", path);
            StatusName = Find<StatusNameCall>(module, "ymchat_status_name", path);
            JsonParse = Find<JsonParseCall>(module, "ymchat_json_parse", path);
            JsonParseText = Find<JsonParseTextCall>(module, "ymchat_json_parse", path);
            JsonText = Find<JsonTextCall>(module, "ymchat_json_text", path);
            JsonInt64 = Find<JsonInt64Call>(module, "ymchat_json_int64", path);
            JsonBool = Find<JsonBoolCall>(module, "ymchat_json_bool", path);
            JsonCount = Find<JsonCountCall>(module, "ymchat_json_count", path);
            JsonKey = Find<JsonKeyCall>(module, "ymchat_json_key", path);
            JsonRaw = Find<JsonTextCall>(module, "ymchat_json_raw", path);
            JsonFree = Find<HandleCall>(module, "ymchat_json_free", path);
            JsonQuote = Find<JsonParseCall>(module, "ymchat_json_quote", path);
        }

        private static T Find<T>(IntPtr module, string name, string path)
        {
            IntPtr function = Module.Find(module, name);
            if (function == IntPtr.Zero)
                throw new YmChatLibraryException(
                    "ymchat: the library " + path + " has no function " + name + ". Install a newer library.");
            return (T)(object)Marshal.GetDelegateForFunctionPointer(function, typeof(T));
        }

        private static void CheckAbi(uint found, string path)
        {
            uint major = found >> 16, minor = found & 0xffff;
            const uint wantedMajor = AbiVersion >> 16, wantedMinor = AbiVersion & 0xffff;
            if (major == wantedMajor && minor >= wantedMinor)
                return;
            string verdict = major > wantedMajor
                ? "too new: install a newer YmChat.cs" : "too old: install a newer library";
            throw new YmChatLibraryException(string.Format(CultureInfo.InvariantCulture,
                "ymchat: the library {0} has the ABI {1}.{2}, and YmChat.cs needs {3}.{4} or a later {3}.x. It is {5}.",
                path, major, minor, wantedMajor, wantedMinor, verdict));
        }

        // YMCHAT_LIBRARY names the file. Otherwise it lies beside the program: in the directory of the process's
        // architecture (x86, x64), as NuGet puts it (runtimes), or in the same; or where the system looks.
        private static IntPtr Open(out string path)
        {
            string problem;
            path = Environment.GetEnvironmentVariable("YMCHAT_LIBRARY");
            if (!string.IsNullOrEmpty(path))
            {
                IntPtr named = Module.Open(path, out problem);
                if (named == IntPtr.Zero)
                    throw CannotBeLoaded(path, problem);
                return named;
            }
            string tried = "";
            foreach (string candidate in Candidates())
            {
                path = candidate;
                IntPtr module = Module.Open(candidate, out problem);
                if (module != IntPtr.Zero)
                    return module;
                tried += (tried == "" ? "" : "; ") + problem;
            }
            throw CannotBeLoaded(Module.FileName, tried);
        }

        private static Exception CannotBeLoaded(string path, string problem)
        {
            return new YmChatLibraryException("ymchat: the library " + path + " cannot be loaded: " + problem
                + ". This process needs one of " + IntPtr.Size * 8
                + " bits, beside the program or where YMCHAT_LIBRARY says.");
        }

        private static IEnumerable<string> Candidates()
        {
            bool wide = IntPtr.Size == 8;
            string system = Module.OnWindows ? "win" : Module.OnMac ? "osx" : "linux";
            var folders = new List<string>();
            foreach (string architecture in wide ? new[] { "x64", "arm64" } : new[] { "x86", "arm" })
            {
                folders.Add(architecture);
                folders.Add(Path.Combine("runtimes", Path.Combine(system + "-" + architecture, "native")));
            }
            folders.Add("");
            string assembly = typeof(Native).Assembly.Location;
            var bases = new List<string> { AppDomain.CurrentDomain.BaseDirectory };
            // What was put into one file with the program has no place of its own.
            if (!string.IsNullOrEmpty(assembly))
                bases.Insert(0, Path.GetDirectoryName(assembly));
            foreach (string directory in bases)
                foreach (string folder in folders)
                {
                    string file = Path.Combine(Path.Combine(directory, folder), Module.FileName);
                    if (File.Exists(file))
                        yield return file;
                }
            yield return Module.FileName;
        }
    }

    // Loading a library, on Windows and elsewhere.
    internal static class Module
    {
        internal static readonly bool OnWindows = Path.DirectorySeparatorChar == '\\';
        internal static readonly bool OnMac = !OnWindows && Directory.Exists("/System/Library/CoreServices");
        internal static readonly string FileName =
            OnWindows ? "ymchat.dll" : OnMac ? "libymchat.dylib" : "libymchat.so";

        private const int LoadWithAlteredSearchPath = 8;
        private const int Now = 2;

        // libdl.so.2 on Linux; where it is a part of libc it has only that name.
        private static bool _dlInLibc = OnMac;

        internal static IntPtr Open(string path, out string problem)
        {
            problem = null;
            if (OnWindows)
            {
                IntPtr module = LoadLibraryExW(path, IntPtr.Zero, Path.IsPathRooted(path) ? LoadWithAlteredSearchPath : 0);
                if (module == IntPtr.Zero)
                    problem = Marshal.GetExceptionForHR(Marshal.GetHRForLastWin32Error()).Message;
                return module;
            }
            byte[] name = Text.ToUtf8(path, "path", "library", false);
            IntPtr opened;
            try
            {
                opened = _dlInLibc ? OpenInLibc(name, Now) : OpenInLibdl(name, Now);
            }
            catch (DllNotFoundException)
            {
                _dlInLibc = true;
                opened = OpenInLibc(name, Now);
            }
            if (opened == IntPtr.Zero)
                problem = Text.FromUtf8(_dlInLibc ? ErrorInLibc() : ErrorInLibdl());
            return opened;
        }

        internal static IntPtr Find(IntPtr module, string name)
        {
            if (OnWindows)
                return GetProcAddress(module, name);
            byte[] text = Text.ToUtf8(name, "name", "library", false);
            return _dlInLibc ? FindInLibc(module, text) : FindInLibdl(module, text);
        }

        [DllImport("kernel32", CharSet = CharSet.Unicode, ExactSpelling = true, SetLastError = true)]
        private static extern IntPtr LoadLibraryExW(string path, IntPtr file, int flags);

        [DllImport("kernel32", CharSet = CharSet.Ansi, ExactSpelling = true, BestFitMapping = false)]
        private static extern IntPtr GetProcAddress(IntPtr module, string name);

        [DllImport("libdl.so.2", EntryPoint = "dlopen", CallingConvention = CallingConvention.Cdecl)]
        private static extern IntPtr OpenInLibdl(byte[] path, int flags);

        [DllImport("libdl.so.2", EntryPoint = "dlsym", CallingConvention = CallingConvention.Cdecl)]
        private static extern IntPtr FindInLibdl(IntPtr module, byte[] name);

        [DllImport("libdl.so.2", EntryPoint = "dlerror", CallingConvention = CallingConvention.Cdecl)]
        private static extern IntPtr ErrorInLibdl();

        [DllImport("libc", EntryPoint = "dlopen", CallingConvention = CallingConvention.Cdecl)]
        private static extern IntPtr OpenInLibc(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "dlsym", CallingConvention = CallingConvention.Cdecl)]
        private static extern IntPtr FindInLibc(IntPtr module, byte[] name);

        [DllImport("libc", EntryPoint = "dlerror", CallingConvention = CallingConvention.Cdecl)]
        private static extern IntPtr ErrorInLibc();
    }
}
