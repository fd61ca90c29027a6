// ymchat for Free Pascal and Delphi: the seller chats of the Yandex Market Partner API.
//
//   Market := TYmChat.Create(YmConfig('ACMA:...', 123456));
//   try
//     Chats := Market.GetAllChats(YmOptions.Statuses(['NEW', 'WAITING_FOR_PARTNER']));
//     for I := 0 to Chats.Count('/chats') - 1 do
//       Market.SendMessage(Chats.Item('/chats/' + IntToStr(I)).Int('/chatId'), 'Hello!');
//   finally
//     Market.Free;
//   end;
//
// One unit for Free Pascal 3 and for Delphi 7 and newer. It needs the shared library (ymchat.dll,
// libymchat.so), which it loads at the first call, and no package.
//
// Errors. What fails raises a descendant of EYmChat; there is one class for each status.
//
// Threads. A TYmChat may be used by many threads at once, and Cancel and Close are meant for other
// threads. Only Free must be left to the thread that is the last to use it.
//
// Texts. TYmString holds every character: UnicodeString in Delphi 2009 and newer, WideString in
// older ones, UTF8String in Free Pascal (UnicodeString in mode delphiunicode, or with
// YMCHAT_UNICODESTRING defined). A text that holds the character 0 or half of a surrogate pair is
// refused before anything is sent.
//
// Comments here are of the kind "//" alone, and braces are directives of the compiler.
unit ymchat;

{$IFDEF FPC}
  {$IFNDEF FPC_OBJFPC}
    {$IFNDEF UNICODE}
      {$MODE DELPHI}
    {$ENDIF}
  {$ENDIF}
  {$H+}
  {$CODEPAGE UTF8}
  {$IFNDEF UNICODE}
    {$IFNDEF YMCHAT_UNICODESTRING}
      {$DEFINE YMCHAT_UTF8STRING}
    {$ENDIF}
  {$ENDIF}
{$ENDIF}

interface

uses
  {$IFDEF FPC}dynlibs,{$ELSE}Windows,{$ENDIF}
  SysUtils, Classes;

const
  // The ABI that this unit was written for: major * 65536 + minor, as in ymchat.h.
  YMCHAT_ABI_VERSION = 1;

  // How a call ended. The numbers are pinned for ever, and the same in every language.
  YMCHAT_OK = 0;
  YMCHAT_INVALID_ARGUMENT = 1;
  YMCHAT_UNAUTHORIZED = 2;
  YMCHAT_FORBIDDEN = 3;
  YMCHAT_NOT_FOUND = 4;
  YMCHAT_BAD_REQUEST = 5;
  YMCHAT_RATE_LIMITED = 6;
  YMCHAT_SERVER = 7;
  YMCHAT_NETWORK = 8;
  YMCHAT_TIMEOUT = 9;
  YMCHAT_OUTCOME_UNKNOWN = 10;
  YMCHAT_PROTOCOL = 11;
  YMCHAT_CANCELLED = 12;
  YMCHAT_REJECTED = 13;
  YMCHAT_INTERNAL = 14;

  // How important a line of the log is: an error; a call that goes on without something that belongs
  // to it; a wait or a repetition; a request.
  YMCHAT_LOG_ERROR = 1;
  YMCHAT_LOG_WARN = 2;
  YMCHAT_LOG_INFO = 3;
  YMCHAT_LOG_DEBUG = 4;

type
  // A text with every character that there is.
  {$IFDEF YMCHAT_UTF8STRING}
  TYmString = UTF8String;
  {$ELSE}
    {$IFDEF UNICODE}
  TYmString = UnicodeString;
    {$ELSE}
      {$IFDEF FPC}
  TYmString = UnicodeString;
      {$ELSE}
  TYmString = WideString;
      {$ENDIF}
    {$ENDIF}
  {$ENDIF}

  // ---- JSON ------------------------------------------------------------------------------------

  // A JSON document for reading. Values are named by JSON Pointer (RFC 6901): '/chats/0/chatId';
  // '' is the whole document. Whole numbers are exact, beyond 2^53, too.
  //
  // Where a value is missing or null the reader gives the default. A value of another kind raises
  // EYmChatProtocol. Raw gives the text for any other JSON library.
  IYmJson = interface
    // The value's JSON text, as it stands in the document; '' where there is no value.
    function Raw(const Path: TYmString = ''): TYmString;
    // Whether there is a value, and it is not null.
    function Has(const Path: TYmString): Boolean;
    // How many items an array has, or members an object; 0 where there is none.
    function Count(const Path: TYmString = ''): Integer;
    // The key of an object's member, for objects whose keys are not known before.
    function Key(const Path: TYmString; Index: Integer): TYmString;
    // A string. U+0000 in it becomes U+FFFD.
    function Text(const Path: TYmString; const Default: TYmString = ''): TYmString;
    // A whole number, or a string of decimal digits.
    function Int(const Path: TYmString; Default: Int64 = 0): Int64;
    // true or false.
    function Bool(const Path: TYmString; Default: Boolean = False): Boolean;
    // A part, for reading with pointers that begin there; nil where there is none.
    function Item(const Path: TYmString): IYmJson;
  end;

  // A configuration, made by YmConfig: each function adds a member, and returns the same object.
  // The members are explained at ymchat_client_new in ymchat.h.
  IYmConfig = interface
    function ApiKey(const Value: TYmString): IYmConfig;
    function OAuthToken(const Value: TYmString): IYmConfig;
    function BusinessId(Value: Int64): IYmConfig;
    // Another address than https://api.partner.market.yandex.ru.
    function BaseUrl(const Value: TYmString): IYmConfig;
    // "name/version" of your program, for the merchant's log.
    function Integration(const Value: TYmString): IYmConfig;
    // Milliseconds for a connection; 5000.
    function ConnectTimeoutMs(Value: Int64): IYmConfig;
    // Milliseconds for a request and its answer; 15000.
    function AttemptTimeoutMs(Value: Int64): IYmConfig;
    // Milliseconds for a whole call with its waits and retries; 60000.
    function CallTimeoutMs(Value: Int64): IYmConfig;
    function MaxAttempts(Value: Int64): IYmConfig;
    function MaxParallel(Value: Int64): IYmConfig;
    // 'http://host:port', 'socks5://host:port', or 'environment'.
    function Proxy(const Value: TYmString): IYmConfig;
    // A PEM file of certificates that are trusted, too.
    function CaFile(const Value: TYmString): IYmConfig;
    // 'bundled' or 'system'.
    function Trust(const Value: TYmString): IYmConfig;
    function MaxResponseBytes(Value: Int64): IYmConfig;
    // The hosts that DownloadFile shows the credentials to; those of the service.
    function FileHosts(const Values: array of TYmString): IYmConfig;
    // 'off', or 'reject': texts with contacts or links are not sent.
    function CheckMessages(const Value: TYmString): IYmConfig;
    // 'en' or 'ru': of the sentences of errors.
    function Language(const Value: TYmString): IYmConfig;
    function AllowInsecureHttp(Value: Boolean): IYmConfig;
    // A member that this unit does not know, with its value as JSON.
    function Put(const Name, ValueJson: TYmString): IYmConfig;
    // The whole configuration as JSON.
    function AsJson: TYmString;
  end;

  // Options of a call, made by YmOptions: each function adds a member, and returns the same
  // object. Which call takes which option stands in ymchat.h; any other is refused by its name.
  IYmOptions = interface
    // The size of a page.
    function Limit(Value: Int64): IYmOptions;
    // '/paging/nextPageToken' of the page before.
    function PageToken(const Value: TYmString): IYmOptions;
    function OrderIds(const Values: array of Int64): IYmOptions;
    // Sync looks at these chats only.
    function ChatIds(const Values: array of Int64): IYmOptions;
    // With what Sync begins without a token: 'waiting', 'now', 'all', or a date of ISO 8601.
    function Start(const Value: TYmString): IYmOptions;
    // Which chats Sync looks at: 'waiting', 'all'.
    function Scope(const Value: TYmString): IYmOptions;
    // How long Sync waits until something is there.
    function WaitMs(Value: Int64): IYmOptions;
    // Adds one context: 'ORDER' or 'RETURN', and its id.
    function Context(const ContextType: TYmString; Id: Int64): IYmOptions;
    function ContextTypes(const Values: array of TYmString): IYmOptions;
    function Types(const Values: array of TYmString): IYmOptions;
    function Statuses(const Values: array of TYmString): IYmOptions;
    function MessageIdFrom(Value: Int64): IYmOptions;
    function CallTimeoutMs(Value: Int64): IYmOptions;
    function MaxTotalBytes(Value: Int64): IYmOptions;
    // DownloadFile replaces a file that is there.
    function Overwrite(Value: Boolean): IYmOptions;
    // The longest file that DownloadFile takes.
    function MaxBytes(Value: Int64): IYmOptions;
    // The newest message of the chat that you know.
    function AfterMessageId(Value: Int64): IYmOptions;
    function Resolve(Value: Boolean): IYmOptions;
    function Resend(Value: Boolean): IYmOptions;
    function ReturnMessageId(Value: Boolean): IYmOptions;
    // What PrepareSend gave, or the Ticket of an error.
    function Ticket(const Value: TYmString): IYmOptions;
    // Of your program, in the answer to a notification.
    function Name(const Value: TYmString): IYmOptions;
    function Version(const Value: TYmString): IYmOptions;
    // Where the notification came from, with a port or without.
    function RemoteAddress(const Value: TYmString): IYmOptions;
    // Networks and addresses in place of the Market's.
    function AllowFrom(const Values: array of TYmString): IYmOptions;
    // What YmCheckMessage looks for: 'link', 'email', 'phone', 'messenger'.
    function Kinds(const Values: array of TYmString): IYmOptions;
    // Host names to which YmCheckMessage allows links.
    function AllowHosts(const Values: array of TYmString): IYmOptions;
    // A member that this unit does not know, with its value as JSON.
    function Put(const Member, ValueJson: TYmString): IYmOptions;
    // All options as JSON; '' where there is none.
    function AsJson: TYmString;
  end;

  // ---- Errors ----------------------------------------------------------------------------------

  // The shared library is missing, is another one, or does not fit this unit. It is no EYmChat: the
  // installation is wrong, not a call.
  EYmChatLibrary = class(Exception);

  // One entry of the service's own list of errors.
  TYmApiError = record
    Code: TYmString;
    // The service may leave it out.
    Message: TYmString;
  end;

  // A call failed. Message is a sentence for a person. No error ever holds a credential.
  EYmChat = class(Exception)
  private
    FStatus: Integer;
    FStatusName: TYmString;
    FFullMessage: TYmString;
    FOperation: TYmString;
    FHttpStatus: Integer;
    FRetryable: Boolean;
    FRetryAfterMs: Int64;
    FAction: TYmString;
    FTraceId: TYmString;
    FAttempts: Integer;
    FOutcome: TYmString;
    FKnown: TYmString;
    FTicket: TYmString;
    FDocument: IYmJson;
    function GetErrorCount: Integer;
    function GetErrors(Index: Integer): TYmApiError;
  public
    constructor CreateFrom(Status: Integer; const Operation: TYmString; const Document: IYmJson);
    // One of the YMCHAT_ numbers.
    property Status: Integer read FStatus;
    // Its name, such as 'NOT_FOUND'.
    property StatusName: TYmString read FStatusName;
    // Message with every character; Message itself has what the system's code page can hold.
    property FullMessage: TYmString read FFullMessage;
    // The call, by the API's operationId or, for the library's own calls, by their name.
    property Operation: TYmString read FOperation;
    // The HTTP status; 0 where there was no answer.
    property HttpStatus: Integer read FHttpStatus;
    // The service's own list of errors.
    property ErrorCount: Integer read GetErrorCount;
    property Errors[Index: Integer]: TYmApiError read GetErrors;
    // Whether the same call, made again later, may succeed and can do no harm.
    property Retryable: Boolean read FRetryable;
    // How long to wait before the call is made again; -1 where that is not known.
    property RetryAfterMs: Int64 read FRetryAfterMs;
    // What to do: fix_request, check_credentials, grant_access, wait, retry, check_history or
    // contact_support.
    property Action: TYmString read FAction;
    // The W3C trace id of the last attempt; the service's support finds it by this.
    property TraceId: TYmString read FTraceId;
    // How many requests were sent, or tried to be sent.
    property Attempts: Integer read FAttempts;
    // Sends alone: 'notSent' or 'unknown'.
    property Outcome: TYmString read FOutcome;
    // Sends alone: what the search for the lost message found out, as JSON; '' where there was none.
    property Known: TYmString read FKnown;
    // Sends alone: the ticket with which the send can be taken up again; '' where there is none.
    property Ticket: TYmString read FTicket;
    // The whole error document.
    property Document: IYmJson read FDocument;
  end;
  EYmChatClass = class of EYmChat;

  // The classes for the statuses follow in the order of their numbers.

  // An argument, an option or the configuration is wrong. Nothing was sent.
  EYmChatInvalidArgument = class(EYmChat);
  // The TYmChat was closed; nothing was sent.
  EYmChatClosed = class(EYmChatInvalidArgument);
  // HTTP 401: no credential, or a malformed or revoked one.
  EYmChatUnauthorized = class(EYmChat);
  // HTTP 403: the credential does not grant access to this business or this operation.
  EYmChatForbidden = class(EYmChat);
  // HTTP 404: no such chat or message.
  EYmChatNotFound = class(EYmChat);
  // Another 4xx, or an answer that says ERROR: the service rejected the request.
  EYmChatBadRequest = class(EYmChat);
  // A limit is used up. Wait RetryAfterMs, then call again.
  EYmChatRateLimited = class(EYmChat);
  // HTTP 5xx: the service failed. Call again later.
  EYmChatServer = class(EYmChat);
  // No connection, or it broke.
  EYmChatNetwork = class(EYmChat);
  // No answer in time.
  EYmChatTimeout = class(EYmChat);
  // A send that may or may not have arrived: look into the chat before it is sent again.
  EYmChatOutcomeUnknown = class(EYmChat);
  // The answer is not what the API promises.
  EYmChatProtocol = class(EYmChat);
  // The call was cancelled, by Cancel or Close.
  EYmChatCancelled = class(EYmChat);
  // The message check rejected the text.
  EYmChatRejected = class(EYmChat);
  // A defect of the library; the message holds what is known of it.
  EYmChatInternal = class(EYmChat);

  // ---- The client ------------------------------------------------------------------------------

  // A message or file that was sent.
  TYmSent = record
    // 'sent' (the service acknowledged it) or 'confirmed' (it was found in the history).
    Outcome: TYmString;
    // 0 where it is not known.
    MessageId: Int64;
    // How many requests it took.
    Attempts: Integer;
  end;

  // Is told by Sync how many chats were looked at and how many new messages were found. Where it
  // returns False, Sync raises EYmChatCancelled; what it raises, Sync raises.
  TYmSyncProgress = function(Chats, Messages: Int64): Boolean of object;

  // Is told by DownloadFile how many bytes were received, and the length of the file, 0 where it is
  // not known; otherwise like TYmSyncProgress.
  TYmDownloadProgress = function(Bytes, Total: Int64): Boolean of object;

  // Receives a line of the log.
  TYmLogCallback = procedure(Level: Integer; const Text: TYmString) of object;

  // A client of the chat API. Every function blocks until it has its result, at most for
  // callTimeoutMs. Results are the service's own JSON. All clients of one business in a process
  // share its limits: four requests at a time, and hourly quotas.
  TYmChat = class
  private
    FClient: Pointer;
    function LiveHandle(const Operation: TYmString; Sends: Boolean = False): Pointer;
    function Prepare(ChatId: Int64; const Content: TYmString): TYmString;
    procedure Open(const Config: TYmString);
  public
    // Opens a client. Nothing is sent.
    constructor Create(const Config: IYmConfig); overload;
    // The same, from a configuration that is JSON already.
    constructor Create(const ConfigJson: TYmString); overload;
    destructor Destroy; override;

    // Ends the client. Calls of other threads in it raise EYmChatCancelled; when Close returns, no
    // thread is in the library on behalf of the client. A second time nothing happens.
    procedure Close;
    // Whether Close was called.
    function Closed: Boolean;
    // Ends every call that is blocked in the client, from any thread. They raise EYmChatCancelled
    // within 250 ms. Later calls are not touched.
    procedure Cancel;
    // The same client for calls that are to be stopped together, those of a thread or of a job. Cancel
    // of a scope ends its calls and no others, and it is for good: a call that begins in it later
    // raises EYmChatCancelled at once, and nothing is sent. Free the scope when the job is over;
    // when the client is closed, its scopes end.
    function Scope: TYmChat;
    // What the client has done, and what is known of the quotas: operations, sends.
    function Stats: IYmJson;

    // One page of chats: chats, paging.
    function GetChats(const Options: IYmOptions = nil): IYmJson;
    // All chats, page by page, each once: chats.
    function GetAllChats(const Options: IYmOptions = nil): IYmJson;
    // A chat.
    function GetChat(ChatId: Int64): IYmJson;
    // One page of a chat's messages, in an order that is not documented: messages, paging.
    function GetChatHistory(ChatId: Int64; const Options: IYmOptions = nil): IYmJson;
    // All messages that are newer than AfterMessageId (0: all), ascending by their ids: messages.
    function GetMessagesSince(ChatId, AfterMessageId: Int64;
      const Options: IYmOptions = nil): IYmJson;
    // What is new since a token ('' at first), and the next token: since, chats (chat, messages),
    // more. Store since together with what you make of the messages, in one transaction: then each
    // message is processed once, and none is left out, whatever fails, and wherever the program is
    // killed. After an exception the old token is still the right one.
    function Sync(const Since: TYmString; const Options: IYmOptions = nil): IYmJson; overload;
    // The same, telling now and then how far it has come.
    function Sync(const Since: TYmString; const Options: IYmOptions;
      Progress: TYmSyncProgress): IYmJson; overload;
    // A message.
    function GetChatMessage(ChatId, MessageId: Int64): IYmJson;
    // Brings a file to a path; Url is that of a message's payload: path, bytes, contentType. The file
    // is received beside the path, and gets its name only when it is whole and safe on the disk.
    // Whatever fails, the path is as it was. Choose the path yourself: the name in a message is what
    // the other side has written. A foreign host is refused unless the option AllowHosts names it.
    function DownloadFile(const Url, Path: TYmString;
      const Options: IYmOptions = nil): IYmJson; overload;
    // The same, telling how far it has come.
    function DownloadFile(const Url, Path: TYmString; const Options: IYmOptions;
      Progress: TYmDownloadProgress): IYmJson; overload;
    // One page of the shops that the credential grants access to: campaigns, paging. Works without
    // a business id.
    function GetCampaigns(const Options: IYmOptions = nil): IYmJson;
    // What the Api-Key is allowed to do: apiKey. Works without a business id.
    function GetTokenInfo: IYmJson;

    // Sends a text of 1 to 4096 UTF-16 units: once, or not at all, or it raises
    // EYmChatOutcomeUnknown. The Outcome of an error is 'notSent' where the message certainly did
    // not arrive.
    function SendMessage(ChatId: Int64; const Text: TYmString;
      const Options: IYmOptions = nil): TYmSent;
    // Sends a file of 1 byte to 5 MB; otherwise like SendMessage.
    function SendFile(ChatId: Int64; const FileName: TYmString; Data: Pointer; Size: Integer;
      const Options: IYmOptions = nil): TYmSent; overload;
    // The same, from the stream's position to its end.
    function SendFile(ChatId: Int64; const FileName: TYmString; Data: TStream;
      const Options: IYmOptions = nil): TYmSent; overload;
    // Prepares a send of a text. Returns a ticket of at most 512 ASCII characters, to be stored with
    // your own document before the send. A send with the option Ticket arrives once, however often
    // and by whichever process it is tried, after a crash, too. Prepare it when the sends before it
    // in this chat are settled, and let one program use it at a time. Reads the chat.
    function PrepareSend(ChatId: Int64; const Text: TYmString): TYmString; overload;
    // The same for a file, by its name and its size in bytes.
    function PrepareSend(ChatId: Int64; const FileName: TYmString;
      FileSize: Int64): TYmString; overload;
    // Opens a chat about an order or a return ('ORDER', 'RETURN'), or finds the one that exists.
    // Returns its id.
    function CreateChat(const ContextType: TYmString; ContextId: Int64): Int64;
  end;

// A configuration with the Api-Key and the business that nearly every program needs.
function YmConfig(const ApiKey: TYmString; BusinessId: Int64): IYmConfig; overload;
// A configuration without members.
function YmConfig: IYmConfig; overload;
// Options without members.
function YmOptions: IYmOptions;
// A JSON document for reading.
function YmJson(const Json: TYmString): IYmJson;

// Reads a notification of the Market, and makes the answer to it: accepted, type, businessId, chatId,
// messageId, key, notification, reply (httpStatus, body). Body is that of the HTTP request. Whatever
// comes from outside raises nothing: answer with /reply/httpStatus and /reply/body, as
// application/json, within 10 seconds (a PING within 1). Where you could not store what you were told,
// answer 500: the Market sends it again. The same event may come several times, with the same key.
// The options are Name, Version, RemoteAddress and AllowFrom.
function YmParseNotification(Body: Pointer; Size: Integer;
  const Options: IYmOptions = nil): IYmJson; overload;
// The same, from the stream's position to its end.
function YmParseNotification(Body: TStream; const Options: IYmOptions = nil): IYmJson; overload;
// Looks for what the rules of the chat forbid, links, e-mail addresses, telephone numbers and
// messengers: ok, findings (kind, start, length, startUtf8, lengthUtf8, text). They are counted from
// 0, in UTF-16 units: Copy(Text, start + 1, length) of a UnicodeString or WideString; of a UTF8String
// it is Copy(Text, startUtf8 + 1, lengthUtf8). The options are Kinds and AllowHosts.
function YmCheckMessage(const Text: TYmString; const Options: IYmOptions = nil): IYmJson;

// Has the library tell what it does, a line for each request, wait and repetition, to a procedure of
// the process: on the thread that makes the request, and on several at a time. No line holds a
// credential or the text of a message. What the procedure raises is lost. When this returns, no call
// of the earlier one is under way; nil ends the log. The procedure may not call this. The level is one
// of YMCHAT_LOG_ERROR to YMCHAT_LOG_DEBUG.
procedure YmSetLogCallback(Callback: TYmLogCallback; Level: Integer = 3);

// The name of a status, such as 'NOT_FOUND'; 'UNKNOWN' for a number that the library does not know.
function YmStatusName(Status: Integer): TYmString;
// The class of the exceptions for a status; EYmChat itself for one of a newer library.
function YmErrorClass(Status: Integer): EYmChatClass;

// Loads this file instead of the one that is found. It has to come before the first call. Without
// it the library is the file that the environment's YMCHAT_LIBRARY names; or that of the usual name
// (ymchat.dll, libymchat.so, libymchat.dylib) beside the program; or where the system looks.
procedure YmLoadLibrary(const FileName: string);
// The version of the library, such as '0.1.0'.
function YmLibraryVersion: TYmString;

{$IFDEF YMCHAT_UTF8STRING}
// A UnicodeString as TYmString. Raises EYmChatInvalidArgument where it holds the character 0 or half
// of a surrogate pair; the compiler's own conversion turns halves into '?'.
function YmUtf8(const Text: UnicodeString): UTF8String;
{$ENDIF}

implementation

type
  {$IFDEF FPC}
  TYmSize = PtrUInt;
  // What SysUtils takes, in mode delphiunicode, too.
  TRtlString = AnsiString;
  {$ELSE}
  TRtlString = string;
    {$IFDEF CPUX64}
  TYmSize = NativeUInt;
    {$ELSE}
  TYmSize = Cardinal;
    {$ENDIF}
  {$ENDIF}

  TYmApiProgress = function(UserData: Pointer; Chats, Messages: UInt64): Integer; cdecl;

  TYmApiLog = procedure(UserData: Pointer; Level: Integer; Text: PAnsiChar); cdecl;

  // The functions of ymchat.h, in the order of FUNCTIONS.
  TYmApi = record
    AbiVersion: function: Cardinal; cdecl;
    Version: function: PAnsiChar; cdecl;
    ClientNew: function(Config: PAnsiChar; var Client: Pointer; var Json: PAnsiChar): Integer; cdecl;
    ClientFree: function(Client: Pointer): Integer; cdecl;
    ClientCancel: function(Client: Pointer): Integer; cdecl;
    ClientScope: function(Client: Pointer; var Scope: Pointer): Integer; cdecl;
    ClientStats: function(Client: Pointer; var Json: PAnsiChar): Integer; cdecl;
    StringFree: procedure(Text: PAnsiChar); cdecl;
    GetChats: function(Client: Pointer; Options: PAnsiChar; var Json: PAnsiChar): Integer; cdecl;
    GetChat: function(Client: Pointer; ChatId: Int64; var Json: PAnsiChar): Integer; cdecl;
    GetChatHistory: function(Client: Pointer; ChatId: Int64; Options: PAnsiChar;
      var Json: PAnsiChar): Integer; cdecl;
    GetChatMessage: function(Client: Pointer; ChatId, MessageId: Int64;
      var Json: PAnsiChar): Integer; cdecl;
    SendMessage: function(Client: Pointer; ChatId: Int64; Text, Options: PAnsiChar;
      var Json: PAnsiChar): Integer; cdecl;
    SendFile: function(Client: Pointer; ChatId: Int64; FileName: PAnsiChar; Data: Pointer;
      Size: TYmSize; Options: PAnsiChar; var Json: PAnsiChar): Integer; cdecl;
    PrepareSend: function(Client: Pointer; ChatId: Int64; Content: PAnsiChar;
      var Json: PAnsiChar): Integer; cdecl;
    CreateChat: function(Client: Pointer; ContextType: PAnsiChar; ContextId: Int64;
      var Json: PAnsiChar): Integer; cdecl;
    GetCampaigns: function(Client: Pointer; Options: PAnsiChar; var Json: PAnsiChar): Integer; cdecl;
    GetTokenInfo: function(Client: Pointer; var Json: PAnsiChar): Integer; cdecl;
    GetAllChats: function(Client: Pointer; Options: PAnsiChar; var Json: PAnsiChar): Integer; cdecl;
    GetMessagesSince: function(Client: Pointer; ChatId, AfterMessageId: Int64; Options: PAnsiChar;
      var Json: PAnsiChar): Integer; cdecl;
    Sync: function(Client: Pointer; Since, Options: PAnsiChar; var Json: PAnsiChar): Integer; cdecl;
    SyncWithProgress: function(Client: Pointer; Since, Options: PAnsiChar; Progress: TYmApiProgress;
      UserData: Pointer; var Json: PAnsiChar): Integer; cdecl;
    DownloadFile: function(Client: Pointer; Url, Path, Options: PAnsiChar;
      var Json: PAnsiChar): Integer; cdecl;
    DownloadFileWithProgress: function(Client: Pointer; Url, Path, Options: PAnsiChar;
      Progress: TYmApiProgress; UserData: Pointer; var Json: PAnsiChar): Integer; cdecl;
    SetLogCallback: function(Callback: TYmApiLog; UserData: Pointer; Level: Integer): Integer; cdecl;
    ParseNotification: function(Body: Pointer; Size: TYmSize; Options: PAnsiChar;
      var Json: PAnsiChar): Integer; cdecl;
    CheckMessage: function(Text, Options: PAnsiChar; var Json: PAnsiChar): Integer; cdecl;
    StatusName: function(Status: Integer): PAnsiChar; cdecl;
    JsonParse: function(Text: PAnsiChar; var Document: Pointer): Integer; cdecl;
    JsonText: function(Document: Pointer; Path: PAnsiChar; var Text: PAnsiChar): Integer; cdecl;
    JsonInt64: function(Document: Pointer; Path: PAnsiChar; var Number: Int64): Integer; cdecl;
    JsonBool: function(Document: Pointer; Path: PAnsiChar; var Flag: Integer): Integer; cdecl;
    JsonCount: function(Document: Pointer; Path: PAnsiChar; var Count: TYmSize): Integer; cdecl;
    JsonKey: function(Document: Pointer; Path: PAnsiChar; Index: TYmSize;
      var Key: PAnsiChar): Integer; cdecl;
    JsonRaw: function(Document: Pointer; Path: PAnsiChar; var Text: PAnsiChar): Integer; cdecl;
    JsonFree: function(Document: Pointer): Integer; cdecl;
    JsonQuote: function(Text: PAnsiChar; var Quoted: PAnsiChar): Integer; cdecl;
  end;

  {$IFDEF FPC}
  TYmModule = TLibHandle;
  {$ELSE}
  TYmModule = HMODULE;
  {$ENDIF}

const
  FUNCTIONS: array[0..36] of PAnsiChar = (
    'ymchat_abi_version', 'ymchat_version', 'ymchat_client_new', 'ymchat_client_free',
    'ymchat_client_cancel', 'ymchat_client_scope', 'ymchat_client_stats', 'ymchat_string_free', 'ymchat_get_chats',
    'ymchat_get_chat', 'ymchat_get_chat_history', 'ymchat_get_chat_message', 'ymchat_send_message',
    'ymchat_send_file', 'ymchat_prepare_send', 'ymchat_create_chat', 'ymchat_get_campaigns',
    'ymchat_get_token_info', 'ymchat_get_all_chats', 'ymchat_get_messages_since',
    'ymchat_sync', 'ymchat_sync_with_progress', 'ymchat_download_file',
    'ymchat_download_file_with_progress', 'ymchat_set_log_callback', 'ymchat_parse_notification', 'ymchat_check_message',
    'ymchat_status_name', 'ymchat_json_parse', 'ymchat_json_text', 'ymchat_json_int64',
    'ymchat_json_bool', 'ymchat_json_count', 'ymchat_json_key', 'ymchat_json_raw',
    'ymchat_json_free', 'ymchat_json_quote');

var
  Api: TYmApi;
  Slots: array[0..High(FUNCTIONS)] of Pointer absolute Api;
  Loaded: Boolean = False;
  LogCallback: TYmLogCallback = nil;
  Loading: TRTLCriticalSection;

// ---- Texts ---------------------------------------------------------------------------------------

// UTF-16 as UTF-8. Returns False at the character 0 and at half of a surrogate pair.
function EncodeUtf8(Text: PWideChar; Units: Integer; out Utf8: UTF8String): Boolean;
var
  Source, Target, Code, Second: Integer;

  procedure Add(Value: Integer);
  begin
    Inc(Target);
    Utf8[Target] := AnsiChar(Value);
  end;

begin
  Result := False;
  SetLength(Utf8, Units * 3);
  Source := 0;
  Target := 0;
  while Source < Units do
  begin
    Code := Ord(Text[Source]);
    Inc(Source);
    if Code = 0 then
      Exit;
    if (Code >= $D800) and (Code <= $DFFF) then
    begin
      if (Code >= $DC00) or (Source = Units) then
        Exit;
      Second := Ord(Text[Source]);
      if (Second < $DC00) or (Second > $DFFF) then
        Exit;
      Inc(Source);
      Code := $10000 + ((Code - $D800) shl 10) + (Second - $DC00);
    end;
    if Code < $80 then
      Add(Code)
    else
    begin
      if Code < $800 then
        Add($C0 or (Code shr 6))
      else
      begin
        if Code < $10000 then
          Add($E0 or (Code shr 12))
        else
        begin
          Add($F0 or (Code shr 18));
          Add($80 or ((Code shr 12) and $3F));
        end;
        Add($80 or ((Code shr 6) and $3F));
      end;
      Add($80 or (Code and $3F));
    end;
  end;
  SetLength(Utf8, Target);
  Result := True;
end;

{$IFDEF YMCHAT_UTF8STRING}
function FromUtf8(Text: PAnsiChar; Size: Integer): TYmString;
begin
  SetString(Result, Text, Size);
end;
{$ELSE}
// UTF8Decode of Delphi 7 loses what is beyond U+FFFF. The text comes from the library, which hands
// out nothing but valid UTF-8.
function FromUtf8(Text: PAnsiChar; Size: Integer): TYmString;
var
  Source, Target, Code, Following: Integer;
begin
  SetLength(Result, Size);
  Source := 0;
  Target := 0;
  while Source < Size do
  begin
    Code := Ord(Text[Source]);
    Inc(Source);
    Following := 0;
    if Code >= $F0 then
    begin
      Code := Code and $07;
      Following := 3;
    end
    else if Code >= $E0 then
    begin
      Code := Code and $0F;
      Following := 2;
    end
    else if Code >= $C0 then
    begin
      Code := Code and $1F;
      Following := 1;
    end;
    while (Following > 0) and (Source < Size) do
    begin
      Code := (Code shl 6) or (Ord(Text[Source]) and $3F);
      Inc(Source);
      Dec(Following);
    end;
    Inc(Target);
    if Code < $10000 then
      Result[Target] := WideChar(Code)
    else
    begin
      Result[Target] := WideChar($D800 + ((Code - $10000) shr 10));
      Inc(Target);
      Result[Target] := WideChar($DC00 + ((Code - $10000) and $3FF));
    end;
  end;
  SetLength(Result, Target);
end;
{$ENDIF}

function Number(Value: Int64): TYmString;
begin
  Result := TYmString(IntToStr(Value));
end;

// ---- The shared library --------------------------------------------------------------------------

const
  {$IFDEF MSWINDOWS}
  LIBRARY_NAME = 'ymchat.dll';
  {$ELSE}
    {$IFDEF DARWIN}
  LIBRARY_NAME = 'libymchat.dylib';
    {$ELSE}
  LIBRARY_NAME = 'libymchat.so';
    {$ENDIF}
  {$ENDIF}
  BITS = SizeOf(Pointer) * 8;

function OpenModule(const FileName: string; out Problem: string): TYmModule;
{$IFDEF FPC}
begin
  Result := dynlibs.LoadLibrary(FileName);
  Problem := string(GetLoadErrorStr);
end;
{$ELSE}
var
  Code: Cardinal;
begin
  // Without it Windows shows a box for a file that is no DLL.
  Code := SetErrorMode(SEM_FAILCRITICALERRORS);
  try
    Result := LoadLibrary(PChar(FileName));
    if Result = 0 then
      Problem := SysErrorMessage(GetLastError);
  finally
    SetErrorMode(Code);
  end;
end;
{$ENDIF}

function FunctionOf(Module: TYmModule; Name: PAnsiChar): Pointer;
begin
  {$IFDEF FPC}
  Result := dynlibs.GetProcedureAddress(Module, Name);
  {$ELSE}
  Result := GetProcAddress(Module, Name);
  {$ENDIF}
end;

procedure CheckAbi(Found: Cardinal; const FileName: string);
const
  WANTED_MAJOR = YMCHAT_ABI_VERSION shr 16;
  WANTED_MINOR = YMCHAT_ABI_VERSION and $FFFF;
var
  Major, Minor: Integer;
  Verdict: string;
begin
  Major := Found shr 16;
  Minor := Found and $FFFF;
  if (Major = WANTED_MAJOR) and (Minor >= WANTED_MINOR) then
    Exit;
  if Major > WANTED_MAJOR then
    Verdict := 'too new: install a newer ymchat.pas'
  else
    Verdict := 'too old: install a newer library';
  raise EYmChatLibrary.CreateFmt('ymchat: the library %s has the ABI %d.%d, and this unit needs '
    + '%d.%d or a later %d.x. It is %s.',
    [FileName, Major, Minor, WANTED_MAJOR, WANTED_MINOR, WANTED_MAJOR, Verdict]);
end;

procedure LoadFrom(const FileName: string);
var
  Module: TYmModule;
  Problem: string;
  I: Integer;
begin
  Module := OpenModule(FileName, Problem);
  if Module = 0 then
    raise EYmChatLibrary.CreateFmt('ymchat: the library %s cannot be loaded: %s. This program needs '
      + 'one of %d bits, beside the program or where YMCHAT_LIBRARY says.', [FileName, Problem, BITS]);
  if FunctionOf(Module, FUNCTIONS[0]) = nil then
    raise EYmChatLibrary.CreateFmt('ymchat: %s is no ymchat library: it has no function '
      + 'ymchat_abi_version. Install the right one.', [FileName]);
  for I := 0 to High(Slots) do
  begin
    Slots[I] := FunctionOf(Module, FUNCTIONS[I]);
    if I = 0 then
      CheckAbi(Api.AbiVersion(), FileName);
    if Slots[I] = nil then
      raise EYmChatLibrary.CreateFmt('ymchat: the library %s has no function %s. Install a newer '
        + 'library.', [FileName, FUNCTIONS[I]]);
  end;
  Loaded := True;
end;

function UsualFile: string;
begin
  Result := GetEnvironmentVariable('YMCHAT_LIBRARY');
  if Result <> '' then
    Exit;
  {$IFDEF MSWINDOWS}
  // That of a plug-in lies beside the plug-in, not beside the program that loads it.
  Result := ExtractFilePath(string(GetModuleName(HInstance))) + LIBRARY_NAME;
  if FileExists(Result) then
    Exit;
  {$ENDIF}
  Result := ExtractFilePath(ParamStr(0)) + LIBRARY_NAME;
  if not FileExists(Result) then
    Result := LIBRARY_NAME;
end;

// The library stays loaded until the process ends. FileName '' is the usual file.
procedure Load(const FileName: string);
begin
  EnterCriticalSection(Loading);
  try
    if Loaded then
    begin
      if FileName <> '' then
        raise EYmChatLibrary.CreateFmt('ymchat: %s cannot be loaded: a library is loaded already. '
          + 'Call YmLoadLibrary before anything else.', [FileName]);
    end
    else if FileName = '' then
      LoadFrom(UsualFile)
    else
      LoadFrom(FileName);
  finally
    LeaveCriticalSection(Loading);
  end;
end;

procedure YmLoadLibrary(const FileName: string);
begin
  if FileName = '' then
    raise EYmChatLibrary.Create('ymchat: YmLoadLibrary needs the name of a file.');
  Load(FileName);
end;

function YmLibraryVersion: TYmString;
var
  Version: PAnsiChar;
begin
  Load('');
  Version := Api.Version();
  Result := FromUtf8(Version, StrLen(Version));
end;

// ---- JSON ----------------------------------------------------------------------------------------

type
  // A document of the library, shared by all that read parts of it.
  TYmDocument = class(TInterfacedObject)
  private
    FHandle: Pointer;
  public
    destructor Destroy; override;
  end;

  // A document, or the part of it that stands at a pointer.
  TYmJson = class(TInterfacedObject, IYmJson)
  private
    FOwner: IInterface;
    FHandle: Pointer;
    FPrefix: TYmString;
    function Place(const Path: TYmString): UTF8String;
    function Found(Status: Integer; const Path: TYmString; const Utf8: UTF8String;
      const Wanted: TYmString): Boolean;
  public
    constructor Create(const Owner: IInterface; Handle: Pointer; const Prefix: TYmString);
    function Raw(const Path: TYmString = ''): TYmString;
    function Has(const Path: TYmString): Boolean;
    function Count(const Path: TYmString = ''): Integer;
    function Key(const Path: TYmString; Index: Integer): TYmString;
    function Text(const Path: TYmString; const Default: TYmString = ''): TYmString;
    function Int(const Path: TYmString; Default: Int64 = 0): Int64;
    function Bool(const Path: TYmString; Default: Boolean = False): Boolean;
    function Item(const Path: TYmString): IYmJson;
  end;

// Takes over a text of the library: copies and frees it.
function Taken(Text: PAnsiChar): TYmString;
begin
  Result := '';
  try
    if Text <> nil then
      Result := FromUtf8(Text, StrLen(Text));
  finally
    Api.StringFree(Text);
  end;
end;

// A JSON text as a document; nil where it is none.
function Parsed(Json: PAnsiChar): IYmJson;
var
  Handle: Pointer;
  Document: TYmDocument;
  Owner: IInterface;
begin
  Result := nil;
  Handle := nil;
  if Api.JsonParse(Json, Handle) <> YMCHAT_OK then
    Exit;
  Document := TYmDocument.Create;
  Document.FHandle := Handle;
  Owner := Document;
  Result := TYmJson.Create(Owner, Handle, '');
end;

// A JSON string. The text is UTF-8.
function QuotedUtf8(const Utf8: UTF8String): TYmString;
var
  Text: PAnsiChar;
begin
  Load('');
  Text := nil;
  Api.JsonQuote(PAnsiChar(Utf8), Text);
  Result := Taken(Text);
end;

// ---- Errors --------------------------------------------------------------------------------------

const
  ERROR_CLASSES: array[YMCHAT_INVALID_ARGUMENT..YMCHAT_INTERNAL] of EYmChatClass = (
    EYmChatInvalidArgument, EYmChatUnauthorized, EYmChatForbidden, EYmChatNotFound,
    EYmChatBadRequest, EYmChatRateLimited, EYmChatServer, EYmChatNetwork, EYmChatTimeout,
    EYmChatOutcomeUnknown, EYmChatProtocol, EYmChatCancelled, EYmChatRejected, EYmChatInternal);

constructor EYmChat.CreateFrom(Status: Integer; const Operation: TYmString;
  const Document: IYmJson);
begin
  FDocument := Document;
  FStatus := Status;
  FStatusName := Document.Text('/name');
  FOperation := Document.Text('/operation', Operation);
  FFullMessage := Document.Text('/message', FOperation + ': status ' + Number(Status));
  FHttpStatus := Document.Int('/httpStatus');
  FRetryable := Document.Bool('/retryable');
  FRetryAfterMs := Document.Int('/retryAfterMs', -1);
  FAction := Document.Text('/action');
  FTraceId := Document.Text('/traceId');
  FAttempts := Document.Int('/attempts');
  FOutcome := Document.Text('/outcome');
  FKnown := Document.Raw('/known');
  FTicket := Document.Text('/ticket');
  inherited Create(TRtlString(FFullMessage));
end;

function EYmChat.GetErrorCount: Integer;
begin
  Result := FDocument.Count('/errors');
end;

function EYmChat.GetErrors(Index: Integer): TYmApiError;
var
  Path: TYmString;
begin
  if (Index < 0) or (Index >= GetErrorCount) then
    raise ERangeError.CreateFmt('EYmChat.Errors has no index %d', [Index]);
  Path := '/errors/' + Number(Index);
  Result.Code := FDocument.Text(Path + '/code');
  Result.Message := FDocument.Text(Path + '/message');
end;

function YmStatusName(Status: Integer): TYmString;
var
  Name: PAnsiChar;
begin
  Load('');
  Name := Api.StatusName(Status);
  Result := FromUtf8(Name, StrLen(Name));
end;

function YmErrorClass(Status: Integer): EYmChatClass;
begin
  Result := EYmChat;
  if (Status >= Low(ERROR_CLASSES)) and (Status <= High(ERROR_CLASSES)) then
    Result := ERROR_CLASSES[Status];
end;

// An exception of this unit's own, with a document as the library gives it.
function OwnError(Kind: EYmChatClass; Status: Integer; const Operation, Problem, Action: TYmString;
  Sends: Boolean): EYmChat;
var
  Text: TYmString;
  Utf8: UTF8String;

  procedure Add(const Name, Value: TYmString);
  begin
    {$IFDEF YMCHAT_UTF8STRING}
    Utf8 := Value;
    {$ELSE}
    if not EncodeUtf8(PWideChar(Value), Length(Value), Utf8) then
      Utf8 := '';
    {$ENDIF}
    Text := Text + ',"' + Name + '":' + QuotedUtf8(Utf8);
  end;

begin
  Text := #123'"status":' + Number(Status) + ',"retryable":false,"attempts":0';
  Add('name', YmStatusName(Status));
  Add('message', Operation + ': ' + Problem);
  Add('operation', Operation);
  Add('action', Action);
  if Sends then
    Add('outcome', 'notSent');
  Text := Text + #125;
  {$IFDEF YMCHAT_UTF8STRING}
  Utf8 := Text;
  {$ELSE}
  EncodeUtf8(PWideChar(Text), Length(Text), Utf8);
  {$ENDIF}
  Result := Kind.CreateFrom(Status, Operation, Parsed(PAnsiChar(Utf8)));
end;

function Invalid(const Operation, Problem: TYmString; Sends: Boolean): EYmChat;
begin
  Result := OwnError(EYmChatInvalidArgument, YMCHAT_INVALID_ARGUMENT, Operation, Problem,
    'fix_request', Sends);
end;

procedure CheckUtf8(Good: Boolean; const What, Operation: TYmString;
  Sends: Boolean);
begin
  if not Good then
    raise Invalid(Operation, What + ' holds the character U+0000 or half of a surrogate pair. '
      + 'Remove it before the call.', Sends);
end;

// A text for the library. A UTF8String may hold any bytes: the library refuses what is not UTF-8.
function Utf8Of(const Text, What, Operation: TYmString; Sends: Boolean = False): UTF8String;
begin
  {$IFDEF YMCHAT_UTF8STRING}
  Result := Text;
  CheckUtf8(Pos(#0, Result) = 0, What, Operation, Sends);
  {$ELSE}
  CheckUtf8(EncodeUtf8(PWideChar(Text), Length(Text), Result), What, Operation, Sends);
  {$ENDIF}
end;

{$IFDEF YMCHAT_UTF8STRING}
function YmUtf8(const Text: UnicodeString): UTF8String;
begin
  CheckUtf8(EncodeUtf8(PWideChar(Text), Length(Text), Result), 'text', 'YmUtf8', False);
end;
{$ENDIF}

// A JSON string of a text that is checked first: JSON could say U+0000.
function Quoted(const Text, Name: TYmString): TYmString;
begin
  Result := QuotedUtf8(Utf8Of(Text, Name, 'options'));
  if Length(Result) = 0 then
    raise Invalid('options', Name + ' is not UTF-8. Convert it before the call.', False);
end;

function YmJson(const Json: TYmString): IYmJson;
var
  Utf8: UTF8String;
begin
  Load('');
  Utf8 := Utf8Of(Json, 'the text', 'json');
  Result := Parsed(PAnsiChar(Utf8));
  if Result = nil then
    raise Invalid('json', 'the text is not JSON. Correct it.', False);
end;

destructor TYmDocument.Destroy;
begin
  Api.JsonFree(FHandle);
  inherited Destroy;
end;

constructor TYmJson.Create(const Owner: IInterface; Handle: Pointer; const Prefix: TYmString);
begin
  inherited Create;
  FOwner := Owner;
  FHandle := Handle;
  FPrefix := Prefix;
end;

function TYmJson.Place(const Path: TYmString): UTF8String;
begin
  Result := Utf8Of(FPrefix + Path, 'the pointer', 'json');
end;

// Whether a reader has found a value. Raises where it is of another kind.
function TYmJson.Found(Status: Integer; const Path: TYmString; const Utf8: UTF8String;
  const Wanted: TYmString): Boolean;
var
  Json: PAnsiChar;
begin
  Result := Status = YMCHAT_OK;
  if Result or (Status = YMCHAT_NOT_FOUND) then
    Exit;
  // The text can be had of a value of any kind: if not, the pointer is wrong.
  Json := nil;
  Status := Api.JsonRaw(FHandle, PAnsiChar(Utf8), Json);
  Api.StringFree(Json);
  if Status <> YMCHAT_OK then
    raise Invalid('json', '"' + Path + '" is no JSON Pointer. Begin it with a slash.', False);
  raise OwnError(EYmChatProtocol, YMCHAT_PROTOCOL, 'json', 'the value at "' + Path + '" is not '
    + Wanted + '. Read it with Raw.', 'contact_support', False);
end;

function TYmJson.Raw(const Path: TYmString): TYmString;
var
  Utf8: UTF8String;
  Json: PAnsiChar;
begin
  Utf8 := Place(Path);
  Json := nil;
  if Found(Api.JsonRaw(FHandle, PAnsiChar(Utf8), Json), Path, Utf8, '') then
    Result := Taken(Json)
  else
    Result := '';
end;

function TYmJson.Has(const Path: TYmString): Boolean;
var
  Utf8: UTF8String;
  Items: TYmSize;
  Json: PAnsiChar;
  Status: Integer;
begin
  Utf8 := Place(Path);
  Items := 0;
  Status := Api.JsonCount(FHandle, PAnsiChar(Utf8), Items);
  if Status = YMCHAT_INVALID_ARGUMENT then
  begin
    // Neither an array nor an object: the text is short.
    Json := nil;
    Status := Api.JsonRaw(FHandle, PAnsiChar(Utf8), Json);
    Api.StringFree(Json);
  end;
  Result := Found(Status, Path, Utf8, '');
end;

function TYmJson.Count(const Path: TYmString): Integer;
var
  Utf8: UTF8String;
  Items: TYmSize;
begin
  Utf8 := Place(Path);
  Items := 0;
  Found(Api.JsonCount(FHandle, PAnsiChar(Utf8), Items), Path, Utf8, 'an array or an object');
  Result := Integer(Items);
end;

function TYmJson.Key(const Path: TYmString; Index: Integer): TYmString;
var
  Utf8: UTF8String;
  Name: PAnsiChar;
begin
  Utf8 := Place(Path);
  Name := nil;
  if (Index < 0) or not Found(Api.JsonKey(FHandle, PAnsiChar(Utf8), Index, Name), Path, Utf8,
    'an object') then
    raise Invalid('json', 'the object at "' + Path + '" has no member ' + Number(Index)
      + '. Ask Count first.', False);
  Result := Taken(Name);
end;

function TYmJson.Text(const Path: TYmString; const Default: TYmString): TYmString;
var
  Utf8: UTF8String;
  Characters: PAnsiChar;
begin
  Utf8 := Place(Path);
  Characters := nil;
  if Found(Api.JsonText(FHandle, PAnsiChar(Utf8), Characters), Path, Utf8, 'a string') then
    Result := Taken(Characters)
  else
    Result := Default;
end;

function TYmJson.Int(const Path: TYmString; Default: Int64): Int64;
var
  Utf8: UTF8String;
begin
  Utf8 := Place(Path);
  Result := 0;
  if not Found(Api.JsonInt64(FHandle, PAnsiChar(Utf8), Result), Path, Utf8,
    'a whole number of 64 bits') then
    Result := Default;
end;

function TYmJson.Bool(const Path: TYmString; Default: Boolean): Boolean;
var
  Utf8: UTF8String;
  Flag: Integer;
begin
  Utf8 := Place(Path);
  Flag := 0;
  if Found(Api.JsonBool(FHandle, PAnsiChar(Utf8), Flag), Path, Utf8, 'true or false') then
    Result := Flag <> 0
  else
    Result := Default;
end;

function TYmJson.Item(const Path: TYmString): IYmJson;
begin
  Result := nil;
  if Has(Path) then
    Result := TYmJson.Create(FOwner, FHandle, FPrefix + Path);
end;

// ---- Configuration and options -------------------------------------------------------------------

type
  // The members of a JSON object, one after the other.
  TYmMembers = class(TInterfacedObject)
  private
    FMembers: TYmString;
    FContexts: TYmString;
    procedure AddJson(const Name, Value: TYmString);
    procedure AddText(const Name: TYmString; const Value: TYmString);
    procedure AddTexts(const Name: TYmString; const Values: array of TYmString);
    procedure AddInt(const Name: TYmString; Value: Int64);
    procedure AddBool(const Name: TYmString; Value: Boolean);
    function Members: TYmString;
  end;

  TYmConfig = class(TYmMembers, IYmConfig)
  public
    function ApiKey(const Value: TYmString): IYmConfig;
    function OAuthToken(const Value: TYmString): IYmConfig;
    function BusinessId(Value: Int64): IYmConfig;
    function BaseUrl(const Value: TYmString): IYmConfig;
    function Integration(const Value: TYmString): IYmConfig;
    function ConnectTimeoutMs(Value: Int64): IYmConfig;
    function AttemptTimeoutMs(Value: Int64): IYmConfig;
    function CallTimeoutMs(Value: Int64): IYmConfig;
    function MaxAttempts(Value: Int64): IYmConfig;
    function MaxParallel(Value: Int64): IYmConfig;
    function Proxy(const Value: TYmString): IYmConfig;
    function CaFile(const Value: TYmString): IYmConfig;
    function Trust(const Value: TYmString): IYmConfig;
    function MaxResponseBytes(Value: Int64): IYmConfig;
    function FileHosts(const Values: array of TYmString): IYmConfig;
    function CheckMessages(const Value: TYmString): IYmConfig;
    function Language(const Value: TYmString): IYmConfig;
    function AllowInsecureHttp(Value: Boolean): IYmConfig;
    function Put(const Name, ValueJson: TYmString): IYmConfig;
    function AsJson: TYmString;
  end;

  TYmOptions = class(TYmMembers, IYmOptions)
  public
    function Limit(Value: Int64): IYmOptions;
    function PageToken(const Value: TYmString): IYmOptions;
    function OrderIds(const Values: array of Int64): IYmOptions;
    function ChatIds(const Values: array of Int64): IYmOptions;
    function Start(const Value: TYmString): IYmOptions;
    function Scope(const Value: TYmString): IYmOptions;
    function WaitMs(Value: Int64): IYmOptions;
    function Context(const ContextType: TYmString; Id: Int64): IYmOptions;
    function ContextTypes(const Values: array of TYmString): IYmOptions;
    function Types(const Values: array of TYmString): IYmOptions;
    function Statuses(const Values: array of TYmString): IYmOptions;
    function MessageIdFrom(Value: Int64): IYmOptions;
    function CallTimeoutMs(Value: Int64): IYmOptions;
    function MaxTotalBytes(Value: Int64): IYmOptions;
    function Overwrite(Value: Boolean): IYmOptions;
    function MaxBytes(Value: Int64): IYmOptions;
    function AfterMessageId(Value: Int64): IYmOptions;
    function Resolve(Value: Boolean): IYmOptions;
    function Resend(Value: Boolean): IYmOptions;
    function ReturnMessageId(Value: Boolean): IYmOptions;
    function Ticket(const Value: TYmString): IYmOptions;
    function Name(const Value: TYmString): IYmOptions;
    function Version(const Value: TYmString): IYmOptions;
    function RemoteAddress(const Value: TYmString): IYmOptions;
    function AllowFrom(const Values: array of TYmString): IYmOptions;
    function Kinds(const Values: array of TYmString): IYmOptions;
    function AllowHosts(const Values: array of TYmString): IYmOptions;
    function Put(const Member, ValueJson: TYmString): IYmOptions;
    function AsJson: TYmString;
  end;

procedure TYmMembers.AddJson(const Name, Value: TYmString);
begin
  if FMembers <> '' then
    FMembers := FMembers + ',';
  FMembers := FMembers + Quoted(Name, 'a name') + ':' + Value;
end;

procedure TYmMembers.AddText(const Name: TYmString; const Value: TYmString);
begin
  AddJson(Name, Quoted(Value, Name));
end;

procedure TYmMembers.AddTexts(const Name: TYmString; const Values: array of TYmString);
var
  I: Integer;
  Items: TYmString;
begin
  Items := '';
  for I := 0 to High(Values) do
  begin
    if I > 0 then
      Items := Items + ',';
    Items := Items + Quoted(Values[I], Name);
  end;
  AddJson(Name, '[' + Items + ']');
end;

procedure TYmMembers.AddInt(const Name: TYmString; Value: Int64);
begin
  AddJson(Name, Number(Value));
end;

procedure TYmMembers.AddBool(const Name: TYmString; Value: Boolean);
begin
  if Value then
    AddJson(Name, 'true')
  else
    AddJson(Name, 'false');
end;

function TYmMembers.Members: TYmString;
begin
  Result := FMembers;
  if FContexts <> '' then
  begin
    if Result <> '' then
      Result := Result + ',';
    Result := Result + '"contexts":[' + FContexts + ']';
  end;
  if Result <> '' then
    Result := #123 + Result + #125;
end;

function TYmConfig.ApiKey(const Value: TYmString): IYmConfig;
begin
  AddText('apiKey', Value);
  Result := Self;
end;

function TYmConfig.OAuthToken(const Value: TYmString): IYmConfig;
begin
  AddText('oauthToken', Value);
  Result := Self;
end;

function TYmConfig.BusinessId(Value: Int64): IYmConfig;
begin
  AddInt('businessId', Value);
  Result := Self;
end;

function TYmConfig.BaseUrl(const Value: TYmString): IYmConfig;
begin
  AddText('baseUrl', Value);
  Result := Self;
end;

function TYmConfig.Integration(const Value: TYmString): IYmConfig;
begin
  AddText('integration', Value);
  Result := Self;
end;

function TYmConfig.ConnectTimeoutMs(Value: Int64): IYmConfig;
begin
  AddInt('connectTimeoutMs', Value);
  Result := Self;
end;

function TYmConfig.AttemptTimeoutMs(Value: Int64): IYmConfig;
begin
  AddInt('attemptTimeoutMs', Value);
  Result := Self;
end;

function TYmConfig.CallTimeoutMs(Value: Int64): IYmConfig;
begin
  AddInt('callTimeoutMs', Value);
  Result := Self;
end;

function TYmConfig.MaxAttempts(Value: Int64): IYmConfig;
begin
  AddInt('maxAttempts', Value);
  Result := Self;
end;

function TYmConfig.MaxParallel(Value: Int64): IYmConfig;
begin
  AddInt('maxParallel', Value);
  Result := Self;
end;

function TYmConfig.Proxy(const Value: TYmString): IYmConfig;
begin
  AddText('proxy', Value);
  Result := Self;
end;

function TYmConfig.CaFile(const Value: TYmString): IYmConfig;
begin
  AddText('caFile', Value);
  Result := Self;
end;

function TYmConfig.Trust(const Value: TYmString): IYmConfig;
begin
  AddText('trust', Value);
  Result := Self;
end;

function TYmConfig.MaxResponseBytes(Value: Int64): IYmConfig;
begin
  AddInt('maxResponseBytes', Value);
  Result := Self;
end;

function TYmConfig.FileHosts(const Values: array of TYmString): IYmConfig;
begin
  AddTexts('fileHosts', Values);
  Result := Self;
end;

function TYmConfig.CheckMessages(const Value: TYmString): IYmConfig;
begin
  AddText('checkMessages', Value);
  Result := Self;
end;

function TYmConfig.Language(const Value: TYmString): IYmConfig;
begin
  AddText('language', Value);
  Result := Self;
end;

function TYmConfig.AllowInsecureHttp(Value: Boolean): IYmConfig;
begin
  AddBool('allowInsecureHttp', Value);
  Result := Self;
end;

function TYmConfig.Put(const Name, ValueJson: TYmString): IYmConfig;
begin
  AddJson(Name, ValueJson);
  Result := Self;
end;

function TYmConfig.AsJson: TYmString;
begin
  Result := Members;
  if Result = '' then
    Result := #123#125;
end;

function TYmOptions.Limit(Value: Int64): IYmOptions;
begin
  AddInt('limit', Value);
  Result := Self;
end;

function TYmOptions.PageToken(const Value: TYmString): IYmOptions;
begin
  AddText('pageToken', Value);
  Result := Self;
end;

function Numbers(const Values: array of Int64): TYmString;
var
  I: Integer;
begin
  Result := '';
  for I := 0 to High(Values) do
  begin
    if I > 0 then
      Result := Result + ',';
    Result := Result + Number(Values[I]);
  end;
  Result := '[' + Result + ']';
end;

function TYmOptions.OrderIds(const Values: array of Int64): IYmOptions;
begin
  AddJson('orderIds', Numbers(Values));
  Result := Self;
end;

function TYmOptions.ChatIds(const Values: array of Int64): IYmOptions;
begin
  AddJson('chatIds', Numbers(Values));
  Result := Self;
end;

function TYmOptions.Start(const Value: TYmString): IYmOptions;
begin
  AddText('start', Value);
  Result := Self;
end;

function TYmOptions.Scope(const Value: TYmString): IYmOptions;
begin
  AddText('scope', Value);
  Result := Self;
end;

function TYmOptions.WaitMs(Value: Int64): IYmOptions;
begin
  AddInt('waitMs', Value);
  Result := Self;
end;

function TYmOptions.Context(const ContextType: TYmString; Id: Int64): IYmOptions;
begin
  if FContexts <> '' then
    FContexts := FContexts + ',';
  FContexts := FContexts + #123'"type":' + Quoted(ContextType, 'contexts')
    + ',"id":' + Number(Id) + #125;
  Result := Self;
end;

function TYmOptions.ContextTypes(const Values: array of TYmString): IYmOptions;
begin
  AddTexts('contextTypes', Values);
  Result := Self;
end;

function TYmOptions.Types(const Values: array of TYmString): IYmOptions;
begin
  AddTexts('types', Values);
  Result := Self;
end;

function TYmOptions.Statuses(const Values: array of TYmString): IYmOptions;
begin
  AddTexts('statuses', Values);
  Result := Self;
end;

function TYmOptions.MessageIdFrom(Value: Int64): IYmOptions;
begin
  AddInt('messageIdFrom', Value);
  Result := Self;
end;

function TYmOptions.CallTimeoutMs(Value: Int64): IYmOptions;
begin
  AddInt('callTimeoutMs', Value);
  Result := Self;
end;

function TYmOptions.MaxTotalBytes(Value: Int64): IYmOptions;
begin
  AddInt('maxTotalBytes', Value);
  Result := Self;
end;

function TYmOptions.Overwrite(Value: Boolean): IYmOptions;
begin
  AddBool('overwrite', Value);
  Result := Self;
end;

function TYmOptions.MaxBytes(Value: Int64): IYmOptions;
begin
  AddInt('maxBytes', Value);
  Result := Self;
end;

function TYmOptions.AfterMessageId(Value: Int64): IYmOptions;
begin
  AddInt('afterMessageId', Value);
  Result := Self;
end;

function TYmOptions.Resolve(Value: Boolean): IYmOptions;
begin
  AddBool('resolve', Value);
  Result := Self;
end;

function TYmOptions.Resend(Value: Boolean): IYmOptions;
begin
  AddBool('resend', Value);
  Result := Self;
end;

function TYmOptions.ReturnMessageId(Value: Boolean): IYmOptions;
begin
  AddBool('returnMessageId', Value);
  Result := Self;
end;

function TYmOptions.Ticket(const Value: TYmString): IYmOptions;
begin
  AddText('ticket', Value);
  Result := Self;
end;

function TYmOptions.Name(const Value: TYmString): IYmOptions;
begin
  AddText('name', Value);
  Result := Self;
end;

function TYmOptions.Version(const Value: TYmString): IYmOptions;
begin
  AddText('version', Value);
  Result := Self;
end;

function TYmOptions.RemoteAddress(const Value: TYmString): IYmOptions;
begin
  AddText('remoteAddress', Value);
  Result := Self;
end;

function TYmOptions.AllowFrom(const Values: array of TYmString): IYmOptions;
begin
  AddTexts('allowFrom', Values);
  Result := Self;
end;

function TYmOptions.Kinds(const Values: array of TYmString): IYmOptions;
begin
  AddTexts('kinds', Values);
  Result := Self;
end;

function TYmOptions.AllowHosts(const Values: array of TYmString): IYmOptions;
begin
  AddTexts('allowHosts', Values);
  Result := Self;
end;

function TYmOptions.Put(const Member, ValueJson: TYmString): IYmOptions;
begin
  AddJson(Member, ValueJson);
  Result := Self;
end;

function TYmOptions.AsJson: TYmString;
begin
  Result := Members;
end;

function YmConfig: IYmConfig;
begin
  Result := TYmConfig.Create;
end;

function YmConfig(const ApiKey: TYmString; BusinessId: Int64): IYmConfig;
begin
  Result := TYmConfig.Create;
  Result.ApiKey(ApiKey).BusinessId(BusinessId);
end;

function YmOptions: IYmOptions;
begin
  Result := TYmOptions.Create;
end;

// ---- The client ----------------------------------------------------------------------------------

// The result of a call, or its exception. Takes over Json.
function Answer(const Operation: TYmString; Status: Integer; Json: PAnsiChar): IYmJson;
begin
  try
    Result := Parsed(Json);
  finally
    Api.StringFree(Json);
  end;
  if Result = nil then
    raise OwnError(EYmChatProtocol, YMCHAT_PROTOCOL, Operation, 'the answer nests too deep, or is too '
      + 'long to be read.', 'contact_support', False);
  if Status <> YMCHAT_OK then
    raise YmErrorClass(Status).CreateFrom(Status, Operation, Result);
end;

function Sent(const Operation: TYmString; Status: Integer; Json: PAnsiChar): TYmSent;
var
  Document: IYmJson;
begin
  Document := Answer(Operation, Status, Json);
  Result.Outcome := Document.Text('/outcome');
  Result.MessageId := Document.Int('/messageId');
  Result.Attempts := Document.Int('/attempts');
end;

function OptionsOf(const Options: IYmOptions; const Operation: TYmString;
  Sends: Boolean = False): UTF8String;
begin
  Result := '';
  if Options <> nil then
    Result := Utf8Of(Options.AsJson, 'options', Operation, Sends);
end;

function OrNil(const Options: UTF8String): PAnsiChar;
begin
  if Length(Options) = 0 then
    Result := nil
  else
    Result := PAnsiChar(Options);
end;

constructor TYmChat.Create(const Config: IYmConfig);
begin
  inherited Create;
  if Config = nil then
    raise Invalid('client_new', 'Config is nil. Make one with YmConfig.', False);
  Open(Config.AsJson);
end;

constructor TYmChat.Create(const ConfigJson: TYmString);
begin
  inherited Create;
  Open(ConfigJson);
end;

procedure TYmChat.Open(const Config: TYmString);
var
  Utf8: UTF8String;
  Json: PAnsiChar;
  Status: Integer;
begin
  Load('');
  Utf8 := Utf8Of(Config, 'configuration', 'client_new');
  Json := nil;
  Status := Api.ClientNew(PAnsiChar(Utf8), FClient, Json);
  if Status <> YMCHAT_OK then
    Answer('client_new', Status, Json);
end;

destructor TYmChat.Destroy;
begin
  Close;
  inherited Destroy;
end;

procedure TYmChat.Close;
var
  Handle: Pointer;
begin
  Handle := FClient;
  FClient := nil;
  // Where two threads close at once, the second free is refused by the library.
  if Handle <> nil then
    Api.ClientFree(Handle);
end;

function TYmChat.Closed: Boolean;
begin
  Result := FClient = nil;
end;

procedure TYmChat.Cancel;
var
  Handle: Pointer;
begin
  Handle := FClient;
  if Handle <> nil then
    Api.ClientCancel(Handle);
end;

function TYmChat.Scope: TYmChat;
var
  Handle: Pointer;
begin
  Handle := nil;
  if Api.ClientScope(LiveHandle('client_scope'), Handle) <> YMCHAT_OK then
    raise OwnError(EYmChatClosed, YMCHAT_INVALID_ARGUMENT, 'client_scope',
      'the client is closed. Create another one.', 'fix_request', False);
  try
    // None of the constructors: they open a client.
    Result := TYmChat(TYmChat.NewInstance);
  except
    Api.ClientFree(Handle);
    raise;
  end;
  Result.FClient := Handle;
end;

// The handle, read once: another thread may close the client at any time.
function TYmChat.LiveHandle(const Operation: TYmString; Sends: Boolean): Pointer;
begin
  Result := FClient;
  if Result = nil then
    raise OwnError(EYmChatClosed, YMCHAT_INVALID_ARGUMENT, Operation,
      'the client is closed. Create another one.', 'fix_request', Sends);
end;

function TYmChat.Stats: IYmJson;
var
  Json: PAnsiChar;
  Status: Integer;
begin
  Json := nil;
  Status := Api.ClientStats(LiveHandle('client_stats'), Json);
  Result := Answer('client_stats', Status, Json);
end;

function TYmChat.GetChats(const Options: IYmOptions): IYmJson;
var
  Json: PAnsiChar;
  Status: Integer;
  Utf8: UTF8String;
begin
  Utf8 := OptionsOf(Options, 'getChats');
  Json := nil;
  Status := Api.GetChats(LiveHandle('getChats'), OrNil(Utf8), Json);
  Result := Answer('getChats', Status, Json);
end;

function TYmChat.GetAllChats(const Options: IYmOptions): IYmJson;
var
  Json: PAnsiChar;
  Status: Integer;
  Utf8: UTF8String;
begin
  Utf8 := OptionsOf(Options, 'getChats');
  Json := nil;
  Status := Api.GetAllChats(LiveHandle('getChats'), OrNil(Utf8), Json);
  Result := Answer('getChats', Status, Json);
end;

function TYmChat.GetChat(ChatId: Int64): IYmJson;
var
  Json: PAnsiChar;
  Status: Integer;
begin
  Json := nil;
  Status := Api.GetChat(LiveHandle('getChat'), ChatId, Json);
  Result := Answer('getChat', Status, Json);
end;

function TYmChat.GetChatHistory(ChatId: Int64; const Options: IYmOptions): IYmJson;
var
  Json: PAnsiChar;
  Status: Integer;
  Utf8: UTF8String;
begin
  Utf8 := OptionsOf(Options, 'getChatHistory');
  Json := nil;
  Status := Api.GetChatHistory(LiveHandle('getChatHistory'), ChatId, OrNil(Utf8), Json);
  Result := Answer('getChatHistory', Status, Json);
end;

function TYmChat.GetMessagesSince(ChatId, AfterMessageId: Int64; const Options: IYmOptions): IYmJson;
var
  Json: PAnsiChar;
  Status: Integer;
  Utf8: UTF8String;
begin
  Utf8 := OptionsOf(Options, 'getChatHistory');
  Json := nil;
  Status := Api.GetMessagesSince(LiveHandle('getChatHistory'), ChatId, AfterMessageId, OrNil(Utf8), Json);
  Result := Answer('getChatHistory', Status, Json);
end;

function TYmChat.Sync(const Since: TYmString; const Options: IYmOptions): IYmJson;
begin
  Result := Sync(Since, Options, nil);
end;

type
  // A function of the program that the library calls. Nothing may be raised through the library.
  TYmProgressCall = record
    Progress: TYmSyncProgress;
    Raised: TObject;
  end;
  PYmProgressCall = ^TYmProgressCall;

function CallProgress(UserData: Pointer; Chats, Messages: UInt64): Integer; cdecl;
begin
  Result := 1;
  try
    if PYmProgressCall(UserData)^.Progress(Int64(Chats), Int64(Messages)) then
      Result := 0;
  except
    PYmProgressCall(UserData)^.Raised := TObject(AcquireExceptionObject);
  end;
end;

function TYmChat.Sync(const Since: TYmString; const Options: IYmOptions;
  Progress: TYmSyncProgress): IYmJson;
const
  OPERATION = 'sync';
var
  Token, Utf8: UTF8String;
  Json: PAnsiChar;
  Status: Integer;
  Call: TYmProgressCall;
begin
  Token := Utf8Of(Since, 'since', OPERATION);
  Utf8 := OptionsOf(Options, OPERATION);
  Json := nil;
  Call.Progress := Progress;
  Call.Raised := nil;
  if Assigned(Progress) then
    Status := Api.SyncWithProgress(LiveHandle(OPERATION), OrNil(Token), OrNil(Utf8), @CallProgress,
      @Call, Json)
  else
    Status := Api.Sync(LiveHandle(OPERATION), OrNil(Token), OrNil(Utf8), Json);
  if Call.Raised <> nil then
  begin
    Api.StringFree(Json);
    raise Call.Raised;
  end;
  Result := Answer(OPERATION, Status, Json);
end;

function TYmChat.DownloadFile(const Url, Path: TYmString; const Options: IYmOptions): IYmJson;
begin
  Result := DownloadFile(Url, Path, Options, nil);
end;

function TYmChat.DownloadFile(const Url, Path: TYmString; const Options: IYmOptions;
  Progress: TYmDownloadProgress): IYmJson;
const
  OPERATION = 'download_file';
var
  Address, Place, Utf8: UTF8String;
  Json: PAnsiChar;
  Status: Integer;
  Call: TYmProgressCall;
begin
  Address := Utf8Of(Url, 'url', OPERATION);
  Place := Utf8Of(Path, 'path', OPERATION);
  Utf8 := OptionsOf(Options, OPERATION);
  Json := nil;
  Call.Progress := TYmSyncProgress(Progress);
  Call.Raised := nil;
  if Assigned(Progress) then
    Status := Api.DownloadFileWithProgress(LiveHandle(OPERATION), PAnsiChar(Address),
      PAnsiChar(Place), OrNil(Utf8), @CallProgress, @Call, Json)
  else
    Status := Api.DownloadFile(LiveHandle(OPERATION), PAnsiChar(Address), PAnsiChar(Place),
      OrNil(Utf8), Json);
  if Call.Raised <> nil then
  begin
    Api.StringFree(Json);
    raise Call.Raised;
  end;
  Result := Answer(OPERATION, Status, Json);
end;

function TYmChat.GetChatMessage(ChatId, MessageId: Int64): IYmJson;
var
  Json: PAnsiChar;
  Status: Integer;
begin
  Json := nil;
  Status := Api.GetChatMessage(LiveHandle('getChatMessage'), ChatId, MessageId, Json);
  Result := Answer('getChatMessage', Status, Json);
end;

function TYmChat.GetCampaigns(const Options: IYmOptions): IYmJson;
var
  Json: PAnsiChar;
  Status: Integer;
  Utf8: UTF8String;
begin
  Utf8 := OptionsOf(Options, 'getCampaigns');
  Json := nil;
  Status := Api.GetCampaigns(LiveHandle('getCampaigns'), OrNil(Utf8), Json);
  Result := Answer('getCampaigns', Status, Json);
end;

function TYmChat.GetTokenInfo: IYmJson;
var
  Json: PAnsiChar;
  Status: Integer;
begin
  Json := nil;
  Status := Api.GetTokenInfo(LiveHandle('getAuthTokenInfo'), Json);
  Result := Answer('getAuthTokenInfo', Status, Json);
end;

function TYmChat.SendMessage(ChatId: Int64; const Text: TYmString;
  const Options: IYmOptions): TYmSent;
const
  OPERATION = 'sendMessageToChat';
var
  Utf8, Message: UTF8String;
  Json: PAnsiChar;
  Status: Integer;
begin
  Message := Utf8Of(Text, 'message', OPERATION, True);
  Utf8 := OptionsOf(Options, OPERATION, True);
  Json := nil;
  Status := Api.SendMessage(LiveHandle(OPERATION, True), ChatId, PAnsiChar(Message), OrNil(Utf8),
    Json);
  Result := Sent(OPERATION, Status, Json);
end;

function TYmChat.SendFile(ChatId: Int64; const FileName: TYmString; Data: Pointer; Size: Integer;
  const Options: IYmOptions): TYmSent;
const
  OPERATION = 'sendFileToChat';
var
  Utf8, Name: UTF8String;
  Json: PAnsiChar;
  Status: Integer;
begin
  if Size < 0 then
    raise Invalid(OPERATION, 'Size is negative. Pass the number of bytes.', True);
  Name := Utf8Of(FileName, 'file_name', OPERATION, True);
  Utf8 := OptionsOf(Options, OPERATION, True);
  Json := nil;
  Status := Api.SendFile(LiveHandle(OPERATION, True), ChatId, PAnsiChar(Name), Data, Size,
    OrNil(Utf8), Json);
  Result := Sent(OPERATION, Status, Json);
end;

function TYmChat.SendFile(ChatId: Int64; const FileName: TYmString; Data: TStream;
  const Options: IYmOptions): TYmSent;
const
  // Enough for the library to see that a file is too large; what is larger need not be read.
  MAX_BYTES = 5 * 1024 * 1024 + 1;
var
  Bytes: array of Byte;
  Size, Got: Integer;
begin
  SetLength(Bytes, MAX_BYTES);
  Size := 0;
  repeat
    Got := Data.Read(Bytes[Size], MAX_BYTES - Size);
    Inc(Size, Got);
  until (Got = 0) or (Size = MAX_BYTES);
  Result := SendFile(ChatId, FileName, Pointer(Bytes), Size, Options);
end;

function TYmChat.Prepare(ChatId: Int64; const Content: TYmString): TYmString;
const
  OPERATION = 'prepare_send';
var
  Utf8: UTF8String;
  Json: PAnsiChar;
  Status: Integer;
begin
  Utf8 := Utf8Of(Content, 'content', OPERATION);
  Json := nil;
  Status := Api.PrepareSend(LiveHandle(OPERATION), ChatId, PAnsiChar(Utf8), Json);
  Result := Answer(OPERATION, Status, Json).Text('/ticket');
end;

function TYmChat.PrepareSend(ChatId: Int64; const Text: TYmString): TYmString;
begin
  Result := Prepare(ChatId, #123'"message":' + Quoted(Text, 'message') + #125);
end;

function TYmChat.PrepareSend(ChatId: Int64; const FileName: TYmString; FileSize: Int64): TYmString;
begin
  Result := Prepare(ChatId, #123'"fileName":' + Quoted(FileName, 'fileName') + ',"fileSize":'
    + Number(FileSize) + #125);
end;

function TYmChat.CreateChat(const ContextType: TYmString; ContextId: Int64): Int64;
var
  Kind: UTF8String;
  Json: PAnsiChar;
  Status: Integer;
begin
  Kind := Utf8Of(ContextType, 'context_type', 'createChat');
  Json := nil;
  Status := Api.CreateChat(LiveHandle('createChat'), PAnsiChar(Kind), ContextId, Json);
  Result := Answer('createChat', Status, Json).Int('/chatId');
end;

// ---- What needs no client ------------------------------------------------------------------------

// Nothing may be raised through the library.
procedure CallLog(UserData: Pointer; Level: Integer; Text: PAnsiChar); cdecl;
begin
  try
    if Assigned(LogCallback) then
      LogCallback(Level, FromUtf8(Text, StrLen(Text)));
  except
    // There is nobody else to tell.
  end;
end;

procedure YmSetLogCallback(Callback: TYmLogCallback; Level: Integer);
const
  OPERATION = 'set_log_callback';
begin
  Load('');
  if Assigned(Callback) and ((Level < YMCHAT_LOG_ERROR) or (Level > YMCHAT_LOG_DEBUG)) then
    raise Invalid(OPERATION, 'Level must be 1 to 4.', False);
  // After this nobody reads LogCallback.
  if Api.SetLogCallback(nil, nil, 0) <> YMCHAT_OK then
    raise Invalid(OPERATION, 'It was called by the callback. Do so elsewhere.', False);
  LogCallback := Callback;
  if Assigned(Callback) then
    Api.SetLogCallback(@CallLog, nil, Level);
end;

function YmParseNotification(Body: Pointer; Size: Integer; const Options: IYmOptions): IYmJson;
const
  OPERATION = 'parse_notification';
var
  Utf8: UTF8String;
  Json: PAnsiChar;
  Status: Integer;
begin
  Load('');
  if Size < 0 then
    raise Invalid(OPERATION, 'Size is negative. Pass the number of bytes.', False);
  Utf8 := OptionsOf(Options, OPERATION);
  Json := nil;
  Status := Api.ParseNotification(Body, Size, OrNil(Utf8), Json);
  Result := Answer(OPERATION, Status, Json);
end;

function YmParseNotification(Body: TStream; const Options: IYmOptions): IYmJson;
const
  // Enough for the library to see that the body is too long; no more need be read.
  MAX_BYTES = 64 * 1024 + 1;
var
  Bytes: array of Byte;
  Size, Got: Integer;
begin
  SetLength(Bytes, MAX_BYTES);
  Size := 0;
  repeat
    Got := Body.Read(Bytes[Size], MAX_BYTES - Size);
    Inc(Size, Got);
  until (Got = 0) or (Size = MAX_BYTES);
  Result := YmParseNotification(Pointer(Bytes), Size, Options);
end;

function YmCheckMessage(const Text: TYmString; const Options: IYmOptions): IYmJson;
const
  OPERATION = 'check_message';
var
  Utf8, Given: UTF8String;
  Json: PAnsiChar;
  Status: Integer;
begin
  Load('');
  Given := Utf8Of(Text, 'text', OPERATION);
  Utf8 := OptionsOf(Options, OPERATION);
  Json := nil;
  Status := Api.CheckMessage(PAnsiChar(Given), OrNil(Utf8), Json);
  Result := Answer(OPERATION, Status, Json);
end;

initialization
  {$IFDEF FPC}
  InitCriticalSection(Loading);
  {$ELSE}
  InitializeCriticalSection(Loading);
  {$ENDIF}

finalization
  {$IFDEF FPC}
  DoneCriticalSection(Loading);
  {$ELSE}
  DeleteCriticalSection(Loading);
  {$ENDIF}

end.
