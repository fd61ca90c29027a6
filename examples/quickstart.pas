// A whole conversation with a customer, in Pascal (Free Pascal 3, Delphi 2009 and newer).
//
// What it prints, and the arguments, stand at the top of quickstart.rs.
//
//   fpc -Fubindings/pascal -oquickstart examples/quickstart.pas
//   YMCHAT_LIBRARY=target/release/libymchat.so YMCHAT_API_KEY=... YMCHAT_BUSINESS_ID=... ./quickstart
//
// Delphi: dcc32 --codepage:65001 -Ubindings\pascal examples\quickstart.pas
program quickstart;

{$IFDEF FPC}
  {$IFNDEF FPC_OBJFPC}{$IFNDEF UNICODE}{$MODE DELPHI}{$ENDIF}{$ENDIF}
  {$H+}
  {$CODEPAGE UTF8}
{$ELSE}
  {$APPTYPE CONSOLE}
{$ENDIF}

uses
  {$IFDEF UNIX}cthreads,{$ENDIF}
  {$IFNDEF FPC}Windows,{$ENDIF}
  SysUtils, Classes, ymchat;

type
  TTask = (tkRead, tkSend, tkConverse);

const
  ANSWER: TYmString = 'Здравствуйте, Екатерина! Сахар тоже входит: 200 г. Вот сахарница 👇';
  PICTURE_NAME: TYmString = 'сахарница.png';
  LF = #10;

  // A picture of 4 x 4 pixels.
  PICTURE: array[0..70] of Byte = (
    $89, $50, $4E, $47, $0D, $0A, $1A, $0A, $00, $00, $00, $0D, $49, $48, $44, $52, $00, $00,
    $00, $04, $00, $00, $00, $04, $01, $00, $00, $00, $00, $81, $8A, $A3, $D3, $00, $00, $00,
    $0E, $49, $44, $41, $54, $78, $DA, $63, $48, $60, $F8, $00, $84, $09, $00, $0A, $88, $02,
    $A1, $42, $05, $3D, $DB, $00, $00, $00, $00, $49, $45, $4E, $44, $AE, $42, $60, $82);

var
  Market: TYmChat;

// ---- Texts -----------------------------------------------------------------------------------

// Writes UTF-8 with LF on every system, whatever the console's code page is.
procedure Write(Handle: THandle; const Text: TYmString);
var
  Output: THandleStream;
  Utf8: UTF8String;
begin
  Utf8 := {$IFDEF UNICODE}UTF8Encode{$ENDIF}(Text);
  Output := THandleStream.Create(Handle);
  try
    if Length(Utf8) > 0 then
      Output.WriteBuffer(Utf8[1], Length(Utf8));
  finally
    Output.Free;
  end;
end;

procedure Say(const Line: TYmString);
begin
  Write({$IFDEF FPC}StdOutputHandle{$ELSE}GetStdHandle(STD_OUTPUT_HANDLE){$ENDIF}, Line + LF);
end;

procedure Complain(const Line: TYmString);
begin
  Write({$IFDEF FPC}StdErrorHandle{$ELSE}GetStdHandle(STD_ERROR_HANDLE){$ENDIF},
    'quickstart: ' + Line + LF);
end;

// A text of the system: the command line, the environment, a message of SysUtils.
{$IFDEF FPC}
function FromSystem(const Text: RawByteString): TYmString;
var
  Utf8: RawByteString;
begin
  Utf8 := Text;
  {$IFDEF UNIX}
  SetCodePage(Utf8, CP_UTF8, False);
  {$ENDIF}
  Result := TYmString(Utf8);
end;
{$ELSE}
function FromSystem(const Text: string): TYmString;
begin
  Result := TYmString(Text);
end;
{$ENDIF}

function Id(Value: Int64): TYmString;
begin
  Result := TYmString(IntToStr(Value));
end;

function OnOneLine(const Text: TYmString): TYmString;
var
  I: Integer;
begin
  Result := '';
  for I := 1 to Length(Text) do
    if Text[I] = LF then
      Result := Result + ' / '
    else
      Result := Result + Copy(Text, I, 1);
end;

function ChatLine(const Chat: IYmJson): TYmString;
var
  Kind, About: TYmString;
begin
  Kind := Chat.Text('/context/type');
  if not Chat.Has('/context') then
    About := 'about nothing known'
  else if Kind = 'ORDER' then
    About := 'about order ' + Id(Chat.Int('/context/orderId'))
  else if Kind = 'RETURN' then
    About := 'about return ' + Id(Chat.Int('/context/returnId'))
  else if Kind = 'DIRECT' then
    About := 'a question about no order'
  else
    About := 'about ' + Kind;
  Result := 'chat ' + Id(Chat.Int('/chatId')) + ', '
    + Chat.Text('/context/customer/name', 'a customer') + ', ' + About;
end;

function MessageLine(const Message: IYmJson): TYmString;
var
  Sender: TYmString;
  FileItem: IYmJson;
  I: Integer;
begin
  Sender := Message.Text('/sender');
  if Sender = 'PARTNER' then
    Result := 'Shop:'
  else if Sender = 'CUSTOMER' then
    Result := 'Customer:'
  else if Sender = 'MARKET' then
    Result := 'Market:'
  else if Sender = 'SUPPORT' then
    Result := 'Support:'
  else
    Result := Sender + ':';
  if Message.Text('/message') <> '' then
    Result := Result + ' ' + OnOneLine(Message.Text('/message'));
  for I := 0 to Message.Count('/payload') - 1 do
  begin
    FileItem := Message.Item('/payload/' + Id(I));
    if FileItem = nil then
      Continue;
    Result := Result + ' [file: ' + FileItem.Text('/name');
    if FileItem.Has('/size') then
      Result := Result + ', ' + Id(FileItem.Int('/size')) + ' bytes';
    Result := Result + ']';
  end;
end;

// ---- Steps -----------------------------------------------------------------------------------

function Newest(const Messages: IYmJson): Int64;
begin
  Result := Messages.Int('/messages/' + Id(Messages.Count('/messages') - 1) + '/messageId');
end;

// Shows the chats that wait. Longest is the one with the most messages, nil where none waits.
procedure ShowWaiting(const Business: TYmString; out Longest, Conversation: IYmJson);
var
  Answer, Other, Messages: IYmJson;
  Chats: array of IYmJson;
  I, J, Count: Integer;
begin
  Longest := nil;
  Conversation := nil;
  Answer := Market.GetAllChats(YmOptions.Statuses(['NEW', 'WAITING_FOR_PARTNER']));
  SetLength(Chats, Answer.Count('/chats'));
  for I := 0 to High(Chats) do
  begin
    Other := Answer.Item('/chats/' + Id(I));
    J := I;
    while (J > 0) and (Chats[J - 1].Int('/chatId') > Other.Int('/chatId')) do
    begin
      Chats[J] := Chats[J - 1];
      Dec(J);
    end;
    Chats[J] := Other;
  end;
  Say('Chats of business ' + Business + ' that wait for the shop: ' + Id(Length(Chats)));
  for I := 0 to High(Chats) do
  begin
    if I = 10 then
      Break;
    Say('  ' + ChatLine(Chats[I]));
    Messages := Market.GetMessagesSince(Chats[I].Int('/chatId'), 0);
    Count := Messages.Count('/messages');
    if Count > 0 then
      Say('    ' + MessageLine(Messages.Item('/messages/' + Id(Count - 1))));
    if (Longest = nil) or (Count > Conversation.Count('/messages')) then
    begin
      Longest := Chats[I];
      Conversation := Messages;
    end;
  end;
  Say('');
  if Longest = nil then
    Say('Nobody waits for an answer.' + LF);
end;

procedure ShowHistory(const Chat: IYmJson);
var
  Page: IYmJson;
  Options: IYmOptions;
  Messages: array of IYmJson;
  Number, Count, I, J: Integer;
  Message: IYmJson;
  Token: TYmString;
begin
  Say('The longest conversation: ' + ChatLine(Chat));
  Number := 0;
  Token := '';
  SetLength(Messages, 0);
  repeat
    Options := YmOptions.Limit(100);
    if Token <> '' then
      Options.PageToken(Token);
    Page := Market.GetChatHistory(Chat.Int('/chatId'), Options);
    Inc(Number);
    Count := Page.Count('/messages');
    Say('  page ' + Id(Number) + ': ' + Id(Count) + ' messages');
    // Their order is not documented.
    for I := 0 to Count - 1 do
    begin
      Message := Page.Item('/messages/' + Id(I));
      SetLength(Messages, Length(Messages) + 1);
      J := High(Messages);
      while (J > 0) and (Messages[J - 1].Int('/messageId') > Message.Int('/messageId')) do
      begin
        Messages[J] := Messages[J - 1];
        Dec(J);
      end;
      Messages[J] := Message;
    end;
    Token := Page.Text('/paging/nextPageToken');
  until Token = '';
  Say('  The last three:');
  for I := Length(Messages) - 3 to High(Messages) do
    if I >= 0 then
      Say('    ' + MessageLine(Messages[I]));
  Say('');
end;

procedure ShowOutcome(const Sent: TYmSent);
begin
  if Sent.MessageId = 0 then
    Say('  ' + Sent.Outcome + LF)
  else
    Say('  ' + Sent.Outcome + ', message ' + Id(Sent.MessageId) + LF);
end;

procedure ShowNew(ChatId, Known: Int64);
var
  Answered: Boolean;
  Messages: IYmJson;
  Turn, I: Integer;
begin
  Answered := False;
  for Turn := 1 to 10 do
  begin
    if Turn > 1 then
      Sleep(1000);
    Messages := Market.GetMessagesSince(ChatId, Known);
    for I := 0 to Messages.Count('/messages') - 1 do
      if Messages.Text('/messages/' + Id(I) + '/sender') = 'CUSTOMER' then
        Answered := True;
    if Answered then
      Break;
  end;
  Say('New in chat ' + Id(ChatId) + ':');
  for I := 0 to Messages.Count('/messages') - 1 do
    Say('  ' + MessageLine(Messages.Item('/messages/' + Id(I))));
  if not Answered then
    Say('  The customer has not answered yet.');
end;

procedure Talk(Task: TTask; ChatId: Int64; const Text, Business: TYmString);
var
  Longest, Messages: IYmJson;
  Known: Int64;
  Options: IYmOptions;
  Sent: TYmSent;
begin
  ShowWaiting(Business, Longest, Messages);
  if Longest <> nil then
    ShowHistory(Longest);
  if Task = tkSend then
    Messages := Market.GetMessagesSince(ChatId, 0)
  else if (Task = tkConverse) and (Longest <> nil) then
    ChatId := Longest.Int('/chatId')
  else
  begin
    Say('Nothing was sent. To answer: --send CHAT_ID TEXT');
    Exit;
  end;
  Known := Newest(Messages);

  Options := YmOptions.ReturnMessageId(True);
  if Known > 0 then
    Options.AfterMessageId(Known);
  Sent := Market.SendMessage(ChatId, Text, Options);
  Say('The shop answers in chat ' + Id(ChatId) + ':');
  Say('  Shop: ' + OnOneLine(Text));
  ShowOutcome(Sent);
  if Task = tkConverse then
  begin
    Sent := Market.SendFile(ChatId, PICTURE_NAME, @PICTURE, SizeOf(PICTURE), Options);
    Say('The shop sends a picture:');
    Say('  Shop: [file: ' + PICTURE_NAME + ', ' + Id(SizeOf(PICTURE)) + ' bytes]');
    ShowOutcome(Sent);
  end;
  ShowNew(ChatId, Known);
end;

procedure Run(Task: TTask; ChatId: Int64; const Text: TYmString);
var
  Key, Business, BaseUrl: TYmString;
  BusinessId: Int64;
  Config: IYmConfig;
begin
  Key := FromSystem(GetEnvironmentVariable('YMCHAT_API_KEY'));
  Business := FromSystem(GetEnvironmentVariable('YMCHAT_BUSINESS_ID'));
  BaseUrl := FromSystem(GetEnvironmentVariable('YMCHAT_BASE_URL'));
  if (Key = '') or (Business = '') then
    raise Exception.Create('YMCHAT_API_KEY and YMCHAT_BUSINESS_ID are both needed');
  if not TryStrToInt64(string(Business), BusinessId) then
    raise Exception.Create('YMCHAT_BUSINESS_ID is not a number');
  if (Task = tkConverse) and (Pos(TYmString('http://127.0.0.1:'), BaseUrl) <> 1) then
    raise Exception.Create('--simulated needs a YMCHAT_BASE_URL that begins with http://127.0.0.1:');
  Config := YmConfig(Key, BusinessId).Integration('ymchat-quickstart/1.0');
  if BaseUrl <> '' then
    Config.BaseUrl(BaseUrl);
  Market := TYmChat.Create(Config);
  try
    Talk(Task, ChatId, Text, Business);
  finally
    Market.Free;
  end;
end;

var
  Task: TTask;
  ChatId: Int64;
  Text: TYmString;
begin
  Task := tkRead;
  ChatId := 0;
  Text := ANSWER;
  if (ParamCount = 1) and (ParamStr(1) = '--simulated') then
    Task := tkConverse
  else if (ParamCount = 3) and (ParamStr(1) = '--send') and TryStrToInt64(ParamStr(2), ChatId) then
  begin
    Task := tkSend;
    Text := FromSystem(ParamStr(3));
  end
  else if ParamCount > 0 then
  begin
    Complain('the arguments are: [--send CHAT_ID TEXT | --simulated]');
    Halt(2);
  end;
  try
    Run(Task, ChatId, Text);
  except
    on E: EYmChat do
    begin
      Complain(E.FullMessage);
      ExitCode := 1;
    end;
    on E: Exception do
    begin
      Complain(FromSystem(E.Message));
      ExitCode := 1;
    end;
  end;
end.
