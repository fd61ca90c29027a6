// Every operation, each failure and each misuse, against the simulated Market. tests/pascal_binding.rs
// sets the environment: MARKET_URL, MARKET_BUSINESS, MARKET_KEY: the simulated Market. ODD_URL: a
// server that answers by chat id (tests/hosts/mod.rs). SILENT_URL: a server that never answers.
// NOBODY_URL: where nobody listens.
program market;

{$IFDEF FPC}
  {$H+}
  {$CODEPAGE UTF8}
{$ENDIF}

uses
  cthreads, SysUtils, Classes, Math, ymchat;

type
  TTest = procedure;
  TProbe = procedure;

  EFailed = class(Exception);

const
  BEYOND_DOUBLE = 9007199254740993;
  REPLACEMENT: TYmString = '�';
  TEA: TYmString = 'Чай? "Да" \ нет'#9'🙂';

var
  // Each of them is the argument of a probe.
  Client: TYmChat;
  Number: Int64;
  Words: TYmString;
  Path: TYmString;
  Document: IYmJson;

procedure Check(Condition: Boolean; const What: string);
begin
  if not Condition then
    raise EFailed.Create(What);
end;

procedure CheckText(const Got, Wanted: TYmString);
begin
  if Got <> Wanted then
    raise EFailed.Create('got "' + string(Got) + '" instead of "' + string(Wanted) + '"');
end;

procedure CheckInt(Got, Wanted: Int64);
begin
  if Got <> Wanted then
    raise EFailed.CreateFmt('got %d instead of %d', [Got, Wanted]);
end;

// Runs what has to fail, and returns its exception, which the caller frees.
function Raised(Kind: EYmChatClass; Probe: TProbe): EYmChat;
begin
  Result := nil;
  try
    Probe();
  except
    on E: EYmChat do
      if E.ClassType = Kind then
        Result := EYmChat(AcquireExceptionObject)
      else
        raise EFailed.Create(E.ClassName + ' instead of ' + Kind.ClassName + ': ' + E.Message);
  end;
  if Result = nil then
    raise EFailed.Create('no ' + Kind.ClassName);
end;

// The same, where the sentence has to name something.
procedure Refused(Kind: EYmChatClass; Probe: TProbe; const Naming: TYmString;
  const Outcome: TYmString = '');
var
  E: EYmChat;
begin
  E := Raised(Kind, Probe);
  try
    Check(Pos(Naming, E.FullMessage) > 0, string(E.FullMessage));
    CheckText(E.Outcome, Outcome);
    CheckInt(E.Status, E.Document.Int('/status'));
  finally
    E.Free;
  end;
end;

function Setting(const Name: string): TYmString;
begin
  Result := TYmString(GetEnvironmentVariable(Name));
  Check(Result <> '', Name + ' is not set');
end;

function MarketConfig: IYmConfig;
begin
  Result := YmConfig(Setting('MARKET_KEY'), YmJson(Setting('MARKET_BUSINESS')).Int(''))
    .BaseUrl(Setting('MARKET_URL')).Integration('ymchat-pascal-tests/1.0');
end;

// Makes Client one of another server. Each has a business of its own, so that none waits for the
// limits of another.
procedure Use(const Url: string; BusinessId: Int64; AttemptTimeoutMs: Int64 = 15000);
begin
  FreeAndNil(Client);
  Client := TYmChat.Create(YmConfig('ACMA:s3cr3t-k3y', BusinessId).BaseUrl(Setting(Url))
    .AttemptTimeoutMs(AttemptTimeoutMs).MaxAttempts(1));
end;

function ChatOf(const Name: TYmString): Int64;
var
  Chats: IYmJson;
  I: Integer;
  At: TYmString;
begin
  Result := 0;
  Chats := Client.GetAllChats;
  for I := 0 to Chats.Count('/chats') - 1 do
  begin
    At := '/chats/' + TYmString(IntToStr(I));
    if Chats.Text(At + '/context/customer/name') = Name then
      Result := Chats.Int(At + '/chatId');
  end;
  Check(Result > 0, 'no chat of ' + string(Name));
end;

// ---- Reading -------------------------------------------------------------------------------------

procedure ReadText;
begin
  Document.Text(Path);
end;

procedure ReadInt;
begin
  Document.Int(Path);
end;

procedure ReadBool;
begin
  Document.Bool(Path);
end;

procedure ReadCount;
begin
  Document.Count(Path);
end;

procedure ReadHas;
begin
  Document.Has(Path);
end;

procedure ReadKey;
begin
  Document.Key(Path, Number);
end;

procedure ReadJson;
begin
  YmJson(Words);
end;

procedure JsonIsReadExactly;
begin
  Document := YmJson('{"great": 9007199254740993, "least": -9223372036854775808, "text": "42",'
    + ' "half": 1.5, "yes": true, "no": false, "nothing": null, "a/b": [ 1, {"~": "x"} ],'
    + ' "said": "\u0427\u0430\u0439 \ud83d\ude42 \"q\" \\ \n \/"}');
  CheckInt(Document.Int('/great'), BEYOND_DOUBLE);
  CheckInt(Document.Int('/least'), Low(Int64));
  CheckInt(Document.Int('/text'), 42);
  CheckInt(Document.Int('/absent', -7), -7);
  CheckInt(Document.Int('/nothing', -7), -7);
  Check(Document.Bool('/yes') and not Document.Bool('/no') and Document.Bool('/absent', True), 'Bool');
  Check(Document.Has('/great') and not Document.Has('/nothing') and not Document.Has('/x/y'), 'Has');
  CheckInt(Document.Count, 9);
  CheckInt(Document.Count('/a~1b'), 2);
  CheckInt(Document.Count('/absent'), 0);
  CheckText(Document.Text('/a~1b/1/~0'), 'x');
  Words := 'Чай 🙂 "q" \ '#10' /';
  CheckText(Document.Text('/said'), Words);
  CheckText(Document.Text('/absent', Words), Words);
  CheckText(Document.Raw('/a~1b'), '[ 1, {"~": "x"} ]');
  CheckText(Document.Raw('/absent'), '');
  CheckText(Document.Item('/a~1b/1').Text('/~0'), 'x');
  Check(Document.Item('/nothing') = nil, 'Item of null');
  CheckText(Document.Key('', 0), 'great');
  CheckText(Document.Item('/a~1b').Key('/1', 0), '~');
  CheckText(Document.Raw('/nothing'), 'null');
  CheckText(YmJson('"a\u0000b\ud83d"').Text(''), TYmString('a' + REPLACEMENT + 'b' + REPLACEMENT));
  Number := 9;
  Path := '';
  Refused(EYmChatInvalidArgument, @ReadKey, 'no member 9');
  Number := -1;
  Refused(EYmChatInvalidArgument, @ReadKey, 'no member -1');
  Path := 'great';
  Refused(EYmChatInvalidArgument, @ReadText, 'great');
  Refused(EYmChatInvalidArgument, @ReadHas, 'great');
  Words := '{"a": 1';
  Refused(EYmChatInvalidArgument, @ReadJson, 'not JSON');
  Path := '/great';
  Refused(EYmChatProtocol, @ReadText, '/great');
  Refused(EYmChatProtocol, @ReadBool, '/great');
  Refused(EYmChatProtocol, @ReadCount, '/great');
  Path := '/half';
  Refused(EYmChatProtocol, @ReadInt, '/half');
  Path := '/said';
  Refused(EYmChatProtocol, @ReadInt, '/said');
  Document := nil;
end;

procedure OptionsAreJson;
var
  Options: IYmOptions;
begin
  CheckText(YmOptions.AsJson, '');
  CheckText(YmConfig.AsJson, '{}');
  Options := YmOptions.Limit(5).PageToken(TEA).OrderIds([1, BEYOND_DOUBLE]).Context('ORDER', 7)
    .ContextTypes(['DIRECT']).Types(['CHAT']).Statuses(['NEW', 'FINISHED']).Resolve(True)
    .Resend(False).Context('RETURN', 8).Put('newer', '[null]');
  Document := YmJson(Options.AsJson);
  CheckInt(Document.Count, 10);
  CheckInt(Document.Int('/limit'), 5);
  CheckText(Document.Text('/pageToken'), TEA);
  CheckInt(Document.Int('/orderIds/1'), BEYOND_DOUBLE);
  CheckText(Document.Text('/contexts/1/type'), 'RETURN');
  CheckInt(Document.Int('/contexts/1/id'), 8);
  CheckText(Document.Text('/statuses/1'), 'FINISHED');
  Check(Document.Bool('/resolve') and not Document.Bool('/resend', True), 'flags');
  CheckText(Document.Raw('/newer'), '[null]');
  Document := nil;
end;

// ---- The Market ----------------------------------------------------------------------------------

procedure ChatsAndHistories;
var
  Page, Again, Message: IYmJson;
  Anna: Int64;
begin
  Page := Client.GetChats(YmOptions.Limit(5));
  CheckInt(Page.Count('/chats'), 5);
  Again := Client.GetChats(YmOptions.Limit(5).PageToken(Page.Text('/paging/nextPageToken')));
  Check(Again.Int('/chats/0/chatId') <> Page.Int('/chats/0/chatId'), 'the second page');
  Check(Client.GetAllChats.Count('/chats') > 20, 'all chats');
  Page := Client.GetAllChats(YmOptions.Context('ORDER', BEYOND_DOUBLE));
  CheckInt(Page.Count('/chats'), 1);
  CheckInt(Page.Int('/chats/0/context/orderId'), BEYOND_DOUBLE);
  Check(Page.Int('/chats/0/chatId') > BEYOND_DOUBLE, 'a great id');
  CheckInt(Client.GetChat(Page.Int('/chats/0/chatId')).Int('/context/orderId'), BEYOND_DOUBLE);
  CheckInt(Client.GetAllChats(YmOptions.Types(['ARBITRAGE'])).Count('/chats'), 2);

  Anna := ChatOf('Анна К.');
  Page := Client.GetChatHistory(Anna);
  CheckInt(Page.Count('/messages'), 3);
  CheckText(Page.Text('/messages/0/message'), 'Здравствуйте! Заказала самовар 🫖, а пришёл без трубы.');
  CheckText(Page.Text('/messages/2/payload/0/name'), 'фото упаковки.png');
  Message := Client.GetChatMessage(Anna, Page.Int('/messages/1/messageId'));
  CheckText(Message.Raw, Page.Raw('/messages/1'));
  Page := Client.GetMessagesSince(Anna, Message.Int('/messageId'), YmOptions.Limit(1)
    .CallTimeoutMs(60000));
  CheckInt(Page.Count('/messages'), 1);
end;

procedure Sends;
var
  Chat: Int64;
  Sent: TYmSent;
  Messages: IYmJson;
  Bytes: TMemoryStream;
  Newest: Int64;
begin
  Chat := ChatOf('Анна К.');
  Messages := Client.GetMessagesSince(Chat, 0);
  Newest := Messages.Int('/messages/2/messageId');
  Sent := Client.SendMessage(Chat, TEA, YmOptions.ReturnMessageId(True).AfterMessageId(Newest));
  CheckText(Sent.Outcome, 'sent');
  CheckInt(Sent.Attempts, 1);
  CheckText(Client.GetChatMessage(Chat, Sent.MessageId).Text('/message'), TEA);

  Bytes := TMemoryStream.Create;
  try
    Bytes.SetSize(15);
    FillChar(Bytes.Memory^, 15, 'a');
    Bytes.Position := 3;
    Sent := Client.SendFile(Chat, 'цена.txt', Bytes);
  finally
    Bytes.Free;
  end;
  CheckInt(Sent.Attempts, 1);
  Messages := Client.GetMessagesSince(Chat, Newest);
  CheckInt(Messages.Count('/messages'), 2);
  CheckText(Messages.Text('/messages/1/payload/0/name'), 'цена.txt');
  CheckInt(Messages.Int('/messages/1/payload/0/size'), 12);
  Check(Messages.Int('/messages/1/messageId') > Newest, 'a new message');
end;

type
  TProgressTest = class
    Told: Int64;
    function Report(Chats, Messages: Int64): Boolean;
    function Fail(Chats, Messages: Int64): Boolean;
  end;

function TProgressTest.Report(Chats, Messages: Int64): Boolean;
begin
  Told := Chats;
  Result := Messages >= 0;
end;

function TProgressTest.Fail(Chats, Messages: Int64): Boolean;
begin
  Result := False;
  if Chats >= 0 then
    raise EConvertError.Create('mine');
end;

procedure SyncWithoutItsScope;
begin
  Client.Sync(Words);
end;

procedure SyncBringsWhatIsNew;
var
  All: IYmOptions;
  News: IYmJson;
  Progress: TProgressTest;
  Anna, Id: Int64;
  Mine: Boolean;
begin
  All := YmOptions.Start('all').Scope('all').Limit(100000);
  Progress := TProgressTest.Create;
  try
    News := Client.Sync('', All, {$IFDEF FPC_OBJFPC}@{$ENDIF}Progress.Report);
    Check(News.Count('/chats') > 10, 'chats');
    Check(not News.Bool('/more'), 'more');
    Check(Progress.Told > 10, 'progress');
    Mine := False;
    try
      Client.Sync('', All, {$IFDEF FPC_OBJFPC}@{$ENDIF}Progress.Fail);
    except
      on E: EConvertError do
        Mine := E.Message = 'mine';
    end;
    Check(Mine, 'what the progress function raises');
  finally
    Progress.Free;
  end;
  Words := News.Text('/since');
  CheckInt(Client.Sync(Words, All).Count('/chats'), 0);
  Refused(EYmChatInvalidArgument, @SyncWithoutItsScope, 'scope');
  Anna := ChatOf('Анна К.');
  Id := Client.SendMessage(Anna, TEA, YmOptions.ReturnMessageId(True)).MessageId;
  News := Client.Sync(Words, YmOptions.Scope('all').ChatIds([Anna]).WaitMs(1000));
  CheckInt(News.Count('/chats'), 1);
  CheckInt(News.Int('/chats/0/messages/0/messageId'), Id);
end;

type
  TLogTest = class
    Lines: Integer;
    Last: TYmString;
    procedure Tell(Level: Integer; const Text: TYmString);
  end;

procedure TLogTest.Tell(Level: Integer; const Text: TYmString);
begin
  Inc(Lines);
  Last := Text;
  if Level > 0 then
    raise EConvertError.Create('nobody sees it');
end;

procedure TheLogTellsOfRequests;
var
  Log: TLogTest;
begin
  Log := TLogTest.Create;
  try
    YmSetLogCallback({$IFDEF FPC_OBJFPC}@{$ENDIF}Log.Tell, YMCHAT_LOG_DEBUG);
    Client.GetChats;
    YmSetLogCallback(nil);
    Check(Log.Lines >= 1, 'lines');
    Check(Pos('getChats: attempt 1, OK (HTTP 200), ', string(Log.Last)) = 1, 'the line');
    Client.GetChats;
    CheckInt(Log.Lines, 1);
  finally
    YmSetLogCallback(nil);
    Log.Free;
  end;
end;

procedure DownloadAgain;
begin
  Client.DownloadFile(Words, TYmString(ParamStr(0)));
end;

procedure FilesAreBrought;
var
  Folder, Path: TYmString;
  History, Brought: IYmJson;
  Progress: TProgressTest;
  Mine: Boolean;
begin
  History := Client.GetChatHistory(ChatOf('Анна К.'));
  Words := History.Text('/messages/2/payload/0/url');
  Folder := TYmString(GetEnvironmentVariable('YMCHAT_FOLDER'));
  if Folder = '' then
    Folder := '.';
  Path := Folder + '/pascal-' + TYmString(IntToStr(GetProcessID)) + '.png';
  Brought := Client.DownloadFile(Words, Path);
  CheckInt(Brought.Int('/bytes'), History.Int('/messages/2/payload/0/size'));
  Check(Brought.Text('/path') = Path, 'path');
  Check(FileExists(string(Path)), 'the file');
  Refused(EYmChatInvalidArgument, @DownloadAgain, 'overwrite');
  Progress := TProgressTest.Create;
  try
    Client.DownloadFile(Words, Path, YmOptions.Overwrite(True).MaxBytes(100000),
      {$IFDEF FPC_OBJFPC}@{$ENDIF}Progress.Report);
    Check(Progress.Told = Brought.Int('/bytes'), 'progress');
    Mine := False;
    try
      Client.DownloadFile(Words, Folder + '/other.png', nil,
        {$IFDEF FPC_OBJFPC}@{$ENDIF}Progress.Fail);
    except
      on E: EConvertError do
        Mine := E.Message = 'mine';
    end;
    Check(Mine, 'what the progress function raises');
    Check(not FileExists(string(Folder) + '/other.png'), 'half a file');
  finally
    Progress.Free;
  end;
  DeleteFile(string(Path));
end;

procedure WrongNetwork;
begin
  YmParseNotification(nil, 0, YmOptions.RemoteAddress('5.45.207.9').AllowFrom(['moscow']));
end;

procedure NegativeBody;
begin
  YmParseNotification(nil, -1);
end;

procedure NoKinds;
begin
  YmCheckMessage('x', YmOptions.Kinds([]));
end;

procedure CheckWords;
begin
  YmCheckMessage(Words);
end;

// Whatever comes from outside is answered.
procedure NotificationsAreAnswered;
const
  BODY: UTF8String = '{"notificationType":"CHAT_MESSAGE_SENT","businessId":5,"chatId":7,'
    + '"messageId":"9007199254740993"}';
var
  Told: IYmJson;
  Stream: TMemoryStream;
  Options: IYmOptions;
begin
  Options := YmOptions.Name('Лавка').Version('2.0').RemoteAddress('5.45.207.3:443');
  Told := YmParseNotification(Pointer(BODY), Length(BODY), Options);
  Check(Told.Bool('/accepted'), 'accepted');
  CheckText(Told.Text('/type'), 'CHAT_MESSAGE_SENT');
  CheckInt(Told.Int('/chatId'), 7);
  CheckInt(Told.Int('/messageId'), BEYOND_DOUBLE);
  CheckText(Told.Text('/key'), 'CHAT_MESSAGE_SENT:5:7:9007199254740993');
  CheckInt(Told.Int('/reply/httpStatus'), 200);
  CheckText(YmJson(Told.Text('/reply/body')).Text('/name'), 'Лавка');
  CheckInt(YmParseNotification(Pointer(BODY), Length(BODY),
    YmOptions.RemoteAddress('10.0.0.1')).Int('/reply/httpStatus'), 403);
  CheckInt(YmParseNotification(Pointer(BODY), Length(BODY),
    YmOptions.RemoteAddress('10.0.0.1').AllowFrom(['10.0.0.0/8'])).Int('/reply/httpStatus'), 200);
  CheckInt(YmParseNotification(nil, 0).Int('/reply/httpStatus'), 400);
  Stream := TMemoryStream.Create;
  try
    Stream.WriteBuffer(Pointer(BODY)^, Length(BODY));
    Stream.Position := 0;
    CheckInt(YmParseNotification(Stream).Int('/messageId'), BEYOND_DOUBLE);
    Stream.Size := 70000;
    Stream.Position := 0;
    CheckInt(YmParseNotification(Stream).Int('/reply/httpStatus'), 400);
  finally
    Stream.Free;
  end;
  Refused(EYmChatInvalidArgument, @WrongNetwork, 'allowFrom');
  Refused(EYmChatInvalidArgument, @NegativeBody, 'Size');
end;

procedure TextsAreChecked;
var
  Text: TYmString;
  Found: IYmJson;
begin
  Text := 'Ура 🚚! Почта shop@mail.ru, сайт cdek.ru';
  Found := YmCheckMessage(Text, YmOptions.AllowHosts(['cdek.ru']));
  Check(not Found.Bool('/ok'), 'ok');
  CheckInt(Found.Count('/findings'), 1);
  CheckText(Found.Text('/findings/0/kind'), 'email');
  {$IFDEF YMCHAT_UTF16}
  CheckText(Copy(Text, Found.Int('/findings/0/start') + 1, Found.Int('/findings/0/length')),
    'shop@mail.ru');
  {$ELSE}
  CheckText(Copy(Text, Found.Int('/findings/0/startUtf8') + 1, Found.Int('/findings/0/lengthUtf8')),
    'shop@mail.ru');
  {$ENDIF}
  Check(YmCheckMessage(Text, YmOptions.Kinds(['phone', 'messenger'])).Bool('/ok'), 'kinds');
  Check(YmCheckMessage('').Bool('/ok'), 'no text');
  Refused(EYmChatInvalidArgument, @NoKinds, 'kinds');
end;

procedure SendsWithTickets;
var
  Chat: Int64;
  Ticket: TYmString;
  Sent, Again: TYmSent;
begin
  Chat := ChatOf('Анна К.');
  Ticket := Client.PrepareSend(Chat, TEA);
  Check((Length(Ticket) > 0) and (Length(Ticket) <= 512), 'a ticket');
  Sent := Client.SendMessage(Chat, TEA, YmOptions.Ticket(Ticket).ReturnMessageId(True));
  CheckText(Sent.Outcome, 'sent');
  // It arrives once, however often it is tried.
  Again := Client.SendMessage(Chat, TEA, YmOptions.Ticket(Ticket).ReturnMessageId(True));
  CheckInt(Again.MessageId, Sent.MessageId);
  Check(Client.PrepareSend(Chat, 'цена.txt', 12) <> Ticket, 'the ticket of a file');
end;

procedure OtherOperations;
var
  Chat: Int64;
  Stats: IYmJson;
begin
  CheckText(YmLibraryVersion, Setting('LIBRARY_VERSION'));
  Check(Client.GetCampaigns.Count('/campaigns') > 0, 'campaigns');
  CheckText(Client.GetTokenInfo.Text('/apiKey/authScopes/0'), 'ALL_METHODS');
  Chat := Client.CreateChat('ORDER', 52310447118);
  CheckInt(Chat, ChatOf('Анна К.'));
  Stats := Client.Stats;
  Check(Stats.Count('/operations') >= 9, 'operations');
  Check(Stats.Has('/sends/unknown'), 'sends');
end;

// ---- Failures ------------------------------------------------------------------------------------

procedure GetChat;
begin
  Client.GetChat(Number);
end;

procedure SendText;
begin
  Client.SendMessage(4, Words, YmOptions.Resolve(False));
end;

procedure SendFile;
begin
  Client.SendFile(4, Words, @Number, 1);
end;

procedure EachStatusHasItsClass;
const
  STATUSES: array[1..14] of EYmChatClass = (
    EYmChatInvalidArgument, EYmChatUnauthorized, EYmChatForbidden, EYmChatNotFound,
    EYmChatBadRequest, EYmChatRateLimited, EYmChatServer, EYmChatNetwork, EYmChatTimeout,
    EYmChatOutcomeUnknown, EYmChatProtocol, EYmChatCancelled, EYmChatRejected, EYmChatInternal);
var
  Status: Integer;
  E: EYmChat;
begin
  for Status := Low(STATUSES) to High(STATUSES) do
    Check(YmErrorClass(Status) = STATUSES[Status], IntToStr(Status));
  Check((YmErrorClass(15) = EYmChat) and (YmErrorClass(-1) = EYmChat), 'a newer status');
  CheckText(YmStatusName(YMCHAT_NOT_FOUND), 'NOT_FOUND');
  CheckText(YmStatusName(15), 'UNKNOWN');
  E := EYmChat.CreateFrom(15, 'newCall', YmJson('{}'));
  try
    CheckText(E.FullMessage, 'newCall: status 15');
  finally
    E.Free;
  end;
end;

procedure AnswersOfTheService;
const
  CASES: array[0..6] of record
    ChatId: Integer;
    Kind: EYmChatClass;
    Action: string;
  end = (
    (ChatId: 401; Kind: EYmChatUnauthorized; Action: 'check_credentials'),
    (ChatId: 403; Kind: EYmChatForbidden; Action: 'grant_access'),
    (ChatId: 404; Kind: EYmChatNotFound; Action: 'fix_request'),
    (ChatId: 400; Kind: EYmChatBadRequest; Action: 'fix_request'),
    (ChatId: 420; Kind: EYmChatRateLimited; Action: 'wait'),
    (ChatId: 500; Kind: EYmChatServer; Action: 'retry'),
    (ChatId: 200; Kind: EYmChatProtocol; Action: 'contact_support'));
var
  I: Integer;
  E: EYmChat;
begin
  Use('ODD_URL', 1);
  for I := Low(CASES) to High(CASES) do
  begin
    Number := CASES[I].ChatId;
    E := Raised(CASES[I].Kind, @GetChat);
    try
      CheckInt(E.HttpStatus, CASES[I].ChatId);
      CheckText(E.Action, TYmString(CASES[I].Action));
      CheckText(E.Operation, 'getChat');
      CheckInt(E.Attempts, 1);
      CheckText(E.Outcome, '');
      CheckText(E.Known, '');
      CheckText(E.Ticket, '');
      CheckInt(Length(E.TraceId), 32);
      Check(E.Status = E.Document.Int('/status'), 'status');
      CheckText(E.StatusName, E.Document.Text('/name'));
      if CASES[I].ChatId = 400 then
      begin
        CheckInt(E.ErrorCount, 2);
        CheckText(E.Errors[0].Code, 'BAD_REQUEST');
        CheckText(E.Errors[0].Message, 'Чат закрыт 🙂');
        CheckText(E.Errors[1].Message, '');
        Check(Pos(TYmString('Чат закрыт'), E.FullMessage) > 0, string(E.FullMessage));
        Check(not E.Retryable and (E.RetryAfterMs = -1), 'retry');
      end;
      if CASES[I].ChatId = 420 then
        Check(E.Retryable and (E.RetryAfterMs > 0), 'retry');
    finally
      E.Free;
    end;
  end;
end;

procedure WhatTheServiceAddsSurvives;
var
  Chat: IYmJson;
begin
  Use('ODD_URL', 1);
  Chat := Client.GetChat(1);
  CheckInt(Chat.Int('/chatId'), High(Int64));
  CheckText(Chat.Text('/status'), 'ON_FIRE');
  CheckText(Chat.Raw('/future'), '{"a": [1, 2.50, null]}');
  CheckText(Chat.Text('/context/customer/name'), 'Аня 🙂');
end;

procedure NoAnswer;
begin
  Number := 1;
  Use('NOBODY_URL', 2);
  Refused(EYmChatNetwork, @GetChat, 'getChat');
  Use('SILENT_URL', 3, 150);
  Refused(EYmChatTimeout, @GetChat, 'getChat');
end;

procedure LostSend;
var
  E: EYmChat;
begin
  Use('SILENT_URL', 4, 150);
  Words := TEA;
  E := Raised(EYmChatOutcomeUnknown, @SendText);
  try
    CheckText(E.Outcome, 'unknown');
    CheckText(E.Action, 'check_history');
    CheckText(YmJson(E.Known).Text('/cause'), E.Document.Text('/known/cause'));
    Check(E.Known <> '', 'known');
    Check(Length(E.Ticket) > 0, 'a ticket to go on with');
  finally
    E.Free;
  end;
end;

procedure RejectedTexts;
begin
  FreeAndNil(Client);
  Client := TYmChat.Create(MarketConfig.CheckMessages('reject'));
  Words := 'Позвоните: +7 916 123-45-67';
  Refused(EYmChatRejected, @SendText, 'sendMessageToChat', 'notSent');
end;

// ---- Misuse --------------------------------------------------------------------------------------

procedure Open;
begin
  TYmChat.Create(Words).Free;
end;

procedure OpenNil;
begin
  TYmChat.Create(IYmConfig(nil)).Free;
end;

procedure Prepare;
begin
  Client.PrepareSend(4, Words);
end;

procedure BadToken;
begin
  Client.GetChats(YmOptions.PageToken(Words));
end;

procedure BadOption;
begin
  Client.GetChats(YmOptions.Put('limitt', '1'));
end;

procedure NegativeSize;
begin
  Client.SendFile(4, 'a.txt', @Number, -1);
end;

procedure NoBytes;
begin
  Client.SendFile(4, 'a.txt', nil, 0);
end;

procedure CreateChat;
begin
  Client.CreateChat(Words, 1);
end;

procedure WrongArguments;
begin
  Number := 0;
  Refused(EYmChatInvalidArgument, @GetChat, 'chatId');
  Refused(EYmChatInvalidArgument, @BadOption, 'limitt');
  Refused(EYmChatInvalidArgument, @NegativeSize, 'Size', 'notSent');
  Refused(EYmChatInvalidArgument, @NoBytes, 'the file is empty', 'notSent');
  Words := 'DIRECT';
  Refused(EYmChatInvalidArgument, @CreateChat, 'DIRECT');
  Words := '';
  Refused(EYmChatInvalidArgument, @SendText, 'message', 'notSent');
  Words := '{"apiKey": "k", "businesId": 1}';
  Refused(EYmChatInvalidArgument, @Open, 'businesId');
  Words := '{';
  Refused(EYmChatInvalidArgument, @Open, 'configuration');
  Refused(EYmChatInvalidArgument, @OpenNil, 'YmConfig');
end;

// Everywhere that a text goes in.
procedure RefusedEverywhere(const Bad, Naming: TYmString);
begin
  Words := Bad;
  Refused(EYmChatInvalidArgument, @SendText, Naming, 'notSent');
  Refused(EYmChatInvalidArgument, @SendFile, Naming, 'notSent');
  Refused(EYmChatInvalidArgument, @CreateChat, Naming);
  Refused(EYmChatInvalidArgument, @BadToken, Naming);
  Refused(EYmChatInvalidArgument, @Prepare, Naming);
  Refused(EYmChatInvalidArgument, @Open, Naming);
  Refused(EYmChatInvalidArgument, @CheckWords, Naming);
end;

{$IFDEF YMCHAT_UTF16}
procedure TextsThatCannotBeSent;
var
  Half: WideChar;
begin
  RefusedEverywhere('половина'#0'текста', 'U+0000');
  Half := WideChar($D83D);
  RefusedEverywhere(TYmString('a') + Half, 'surrogate');
  RefusedEverywhere(TYmString('a') + Half + 'b', 'surrogate');
  RefusedEverywhere(WideChar($DE42) + TYmString('b'), 'surrogate');
end;
{$ELSE}
var
  Utf16: UnicodeString;

procedure Convert;
begin
  YmUtf8(Utf16);
end;

procedure TextsThatCannotBeSent;
var
  Bad: RawByteString;
begin
  RefusedEverywhere('половина'#0'текста', 'U+0000');
  // Half of a surrogate pair, and windows-1251.
  Bad := #$ED#$A0#$BD;
  SetCodePage(Bad, CP_UTF8, False);
  RefusedEverywhere(Bad, 'UTF-8');
  Bad := #$C0#$E9;
  SetCodePage(Bad, CP_UTF8, False);
  RefusedEverywhere(Bad, 'UTF-8');
  Utf16 := 'Чай 🙂';
  CheckText(YmUtf8(Utf16), 'Чай 🙂');
  Utf16 := 'a' + UnicodeString(WideChar($D83D));
  Refused(EYmChatInvalidArgument, @Convert, 'surrogate');
  Utf16 := WideChar($DE42) + UnicodeString('b');
  Refused(EYmChatInvalidArgument, @Convert, 'surrogate');
  Utf16 := 'a'#0'b';
  Refused(EYmChatInvalidArgument, @Convert, 'U+0000');
  Utf16 := '';
end;
{$ENDIF}

procedure ReadClosed;
begin
  Client.GetAllChats;
end;

procedure StatsClosed;
begin
  Client.Stats;
end;

procedure ClosedClients;
begin
  Check(not Client.Closed, 'open');
  Client.Close;
  Check(Client.Closed, 'closed');
  // A second time nothing happens.
  Client.Close;
  Client.Cancel;
  Number := 1;
  Words := 'a';
  Refused(EYmChatClosed, @GetChat, 'getChat: the client is closed');
  Refused(EYmChatClosed, @ReadClosed, 'closed');
  Refused(EYmChatClosed, @StatsClosed, 'closed');
  Refused(EYmChatClosed, @CreateChat, 'closed');
  Refused(EYmChatClosed, @Prepare, 'closed');
  Refused(EYmChatClosed, @SendText, 'closed', 'notSent');
  Refused(EYmChatClosed, @SendFile, 'closed', 'notSent');
end;

procedure LoadAgain;
begin
  YmLoadLibrary('/another.so');
end;

procedure TheLibraryStays;
begin
  try
    LoadAgain;
  except
    on E: EYmChatLibrary do
    begin
      Check(Pos('loaded already', E.Message) > 0, E.Message);
      Exit;
    end;
  end;
  Check(False, 'another library was loaded');
end;

// ---- Threads -------------------------------------------------------------------------------------

type
  TReader = class(TThread)
  protected
    procedure Execute; override;
  public
    Chat: Int64;
    Rounds: Integer;
    Problem: string;
  end;

procedure TReader.Execute;
var
  I: Integer;
begin
  try
    for I := 1 to Rounds do
      if Client.GetChat(Chat).Int('/chatId') <> Chat then
        Problem := 'another chat';
  except
    on E: Exception do
      Problem := E.ClassName;
  end;
end;

procedure ManyThreads;
var
  Readers: array[0..5] of TReader;
  I: Integer;
  Chat: Int64;
begin
  Chat := ChatOf('Анна К.');
  for I := 0 to High(Readers) do
  begin
    Readers[I] := TReader.Create(True);
    Readers[I].Chat := Chat;
    Readers[I].Rounds := 20;
    Readers[I].Start;
  end;
  for I := 0 to High(Readers) do
  begin
    Readers[I].WaitFor;
    CheckText(TYmString(Readers[I].Problem), '');
    Readers[I].Free;
  end;
end;

// Cancels or closes again and again, until the call that is blocked has ended.
procedure EndCall(Closes: Boolean; BusinessId: Int64);
var
  Reader: TReader;
begin
  Use('SILENT_URL', BusinessId);
  Reader := TReader.Create(True);
  try
    Reader.Chat := 1;
    Reader.Rounds := 1;
    Reader.Start;
    // Until the call is under way.
    while (Client.Stats.Int('/operations/1/attempts') = 0) and not Reader.Finished do
      Sleep(5);
    if Closes then
      Client.Close;
    while not Reader.Finished do
    begin
      Client.Cancel;
      Sleep(5);
    end;
    Reader.WaitFor;
    CheckText(TYmString(Reader.Problem), 'EYmChatCancelled');
  finally
    Reader.Free;
  end;
end;

procedure Cancelling;
begin
  EndCall(False, 5);
end;

procedure ScopesAreCancelledForGood;
var
  Root, Job: TYmChat;
begin
  Use('SILENT_URL', 15);
  Root := Client;
  Job := Root.Scope;
  try
    Job.Cancel;
    Client := Job;
    Number := 4000006;
    Refused(EYmChatCancelled, @GetChat, 'the call was cancelled');
    Words := 'a';
    Refused(EYmChatCancelled, @SendText, 'the call was cancelled', 'notSent');
    CheckText(IntToStr(Root.Stats.Int('/operations/1/attempts')), '0');
  finally
    Client := Root;
    Job.Free;
  end;
end;

procedure ClosingEndsCalls;
begin
  EndCall(True, 6);
end;

procedure ManyClients;
var
  I: Integer;
begin
  for I := 1 to 300 do
  begin
    Client.Free;
    Client := nil;
    Client := TYmChat.Create(MarketConfig);
  end;
end;

// ---- Memory of the library, which heaptrc does not see ------------------------------------------

// Bytes of the process that are in memory.
function Resident: Int64;
var
  Statm: TextFile;
  Size, Pages: Int64;
begin
  AssignFile(Statm, '/proc/self/statm');
  Reset(Statm);
  Read(Statm, Size, Pages);
  CloseFile(Statm);
  Result := Pages * 4096;
end;

procedure NothingIsLeftInTheLibrary;
const
  MEGABYTE = 1024 * 1024;
var
  Long: TYmString;
  Before: Int64;
  I: Integer;
begin
  SetLength(Long, MEGABYTE);
  for I := 1 to MEGABYTE do
    Long[I] := 'a';
  Long := '"' + Long + '"';
  Before := 0;
  for I := 0 to 200 do
  begin
    CheckInt(Length(YmJson(Long).Text('')), MEGABYTE);
    if I = 0 then
      Before := Resident;
  end;
  Check(Resident - Before < 64 * MEGABYTE, 'documents or texts of 1 MB were not freed');
end;

// ---- The run -------------------------------------------------------------------------------------

var
  Ran: Integer = 0;
  Failures: Integer = 0;

procedure Run(const Name: string; Test: TTest);
begin
  Inc(Ran);
  try
    Client := TYmChat.Create(MarketConfig);
    try
      Test();
    finally
      FreeAndNil(Client);
    end;
    // The exceptions of floating point are on, and stay so.
    Check(GetExceptionMask = [], 'the floating-point state was changed');
  except
    on E: Exception do
    begin
      Inc(Failures);
      WriteLn('FAILED ', Name, ': ', E.ClassName, ': ', E.Message);
    end;
  end;
end;

begin
  SetExceptionMask([]);
  {$IFDEF LEAK}
  TStringList.Create;
  {$ENDIF}
  Run('JsonIsReadExactly', @JsonIsReadExactly);
  Run('OptionsAreJson', @OptionsAreJson);
  Run('ChatsAndHistories', @ChatsAndHistories);
  Run('Sends', @Sends);
  Run('SendsWithTickets', @SendsWithTickets);
  Run('SyncBringsWhatIsNew', @SyncBringsWhatIsNew);
  Run('FilesAreBrought', @FilesAreBrought);
  Run('TheLogTellsOfRequests', @TheLogTellsOfRequests);
  Run('NotificationsAreAnswered', @NotificationsAreAnswered);
  Run('TextsAreChecked', @TextsAreChecked);
  Run('OtherOperations', @OtherOperations);
  Run('EachStatusHasItsClass', @EachStatusHasItsClass);
  Run('AnswersOfTheService', @AnswersOfTheService);
  Run('WhatTheServiceAddsSurvives', @WhatTheServiceAddsSurvives);
  Run('NoAnswer', @NoAnswer);
  Run('LostSend', @LostSend);
  Run('RejectedTexts', @RejectedTexts);
  Run('WrongArguments', @WrongArguments);
  Run('TextsThatCannotBeSent', @TextsThatCannotBeSent);
  Run('ClosedClients', @ClosedClients);
  Run('TheLibraryStays', @TheLibraryStays);
  Run('ManyThreads', @ManyThreads);
  Run('Cancelling', @Cancelling);
  Run('ScopesAreCancelledForGood', @ScopesAreCancelledForGood);
  Run('ClosingEndsCalls', @ClosingEndsCalls);
  Run('ManyClients', @ManyClients);
  Run('NothingIsLeftInTheLibrary', @NothingIsLeftInTheLibrary);
  WriteLn(Ran, ' tests, ', Failures, ' failures');
  if Failures > 0 then
    ExitCode := 1;
end.
