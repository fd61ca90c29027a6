// Each message in a file, once; a notification, answered; a customer's file, saved; a reply, checked
// and sent (Free Pascal 3, Delphi 2009 and newer). What it prints, and the arguments, stand at the top
// of inbox.rs.
//
//   fpc -Fubindings/pascal -oinbox examples/inbox.pas
//   YMCHAT_LIBRARY=target/release/libymchat.so YMCHAT_API_KEY=... YMCHAT_BUSINESS_ID=... ./inbox inbox.jsonl
//
// Each line of the file is what one Sync gave: messages and token are written together, and the
// program may be killed at any moment. Let one program use a file at a time.
program inbox;

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
  TMessages = array of IYmJson;

const
  LF = #10;

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
    'inbox: ' + Line + LF);
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

// ---- The file --------------------------------------------------------------------------------

// The token of the last line; '' where there is none.
function LastToken(const FileName: string): TYmString;
var
  Store: TFileStream;
  Text: UTF8String;
  First, Last: Integer;
begin
  Result := '';
  if not FileExists(FileName) then
    Exit;
  Store := TFileStream.Create(FileName, fmOpenReadWrite);
  try
    SetLength(Text, Store.Size);
    if Length(Text) > 0 then
      Store.ReadBuffer(Text[1], Length(Text));
    Last := Length(Text);
    while (Last > 0) and (Text[Last] <> LF) do
      Dec(Last);
    // Half of a line: the step was not taken.
    Store.Size := Last;
  finally
    Store.Free;
  end;
  First := Last;
  while (First > 1) and (Text[First - 1] <> LF) do
    Dec(First);
  if Last > 0 then
    Result := YmJson(TYmString(Copy(Text, First, Last - First))).Text('/since');
end;

procedure Append(const FileName: string; const News: IYmJson);
var
  Store: TFileStream;
  Line: UTF8String;
  I: Integer;
begin
  Line := {$IFDEF UNICODE}UTF8Encode{$ENDIF}(News.Raw);
  // The service may write JSON on several lines; within its strings there is no line end.
  for I := 1 to Length(Line) do
    if (Line[I] = LF) or (Line[I] = #13) then
      Line[I] := ' ';
  Line := Line + LF;
  if FileExists(FileName) then
    Store := TFileStream.Create(FileName, fmOpenReadWrite)
  else
    Store := TFileStream.Create(FileName, fmCreate);
  try
    Store.Seek(0, soFromEnd);
    Store.WriteBuffer(Line[1], Length(Line));
  finally
    Store.Free;
  end;
end;

// Stores what is new, and returns it: the messages, with their chats.
function Receive(const FileName: string; const Options: IYmOptions): TMessages;
var
  Since: TYmString;
  News: IYmJson;
  I, J: Integer;
  Place: TYmString;
begin
  Result := nil;
  Options.Start('all').Scope('all');
  Since := LastToken(FileName);
  repeat
    News := Market.Sync(Since, Options);
    Append(FileName, News);
    for I := 0 to News.Count('/chats') - 1 do
    begin
      Place := '/chats/' + Id(I) + '/messages';
      for J := 0 to News.Count(Place) - 1 do
      begin
        SetLength(Result, Length(Result) + 1);
        Result[High(Result)] := News.Item(Place + '/' + Id(J));
      end;
    end;
    Since := News.Text('/since');
  until not News.Bool('/more');
end;

// ---- Answering -------------------------------------------------------------------------------

procedure Save(const Folder: string; const Message: IYmJson);
var
  I: Integer;
  Place, Path: TYmString;
begin
  for I := 0 to Message.Count('/payload') - 1 do
  begin
    Place := '/payload/' + Id(I) + '/url';
    if not Message.Has(Place) then
      Continue;
    // The name is the customer's, and no path.
    Path := FromSystem(IncludeTrailingPathDelimiter(Folder)) + Id(Message.Int('/messageId')) + '-'
      + Id(I);
    Say('  Saved ' + Id(Market.DownloadFile(Message.Text(Place), Path,
      YmOptions.Overwrite(True)).Int('/bytes')) + ' bytes.');
  end;
end;

procedure SendReply(ChatId, Asked: Int64; const Text: TYmString);
var
  Sent: TYmSent;
begin
  Sent := Market.SendMessage(ChatId, Text, YmOptions.AfterMessageId(Asked).ReturnMessageId(True));
  Say('  Shop: ' + Text);
  Say('  ' + Sent.Outcome + ', message ' + Id(Sent.MessageId));
end;

// Reads the notification of the standard input; returns the exit code.
function Answer(const FileName, Folder: string; const Text: TYmString): Integer;
var
  Input: THandleStream;
  Told, Check, Message: IYmJson;
  Messages: TMessages;
  Kind, Place: TYmString;
  Asked: Int64;
  I: Integer;
begin
  Input := THandleStream.Create(
    {$IFDEF FPC}StdInputHandle{$ELSE}GetStdHandle(STD_INPUT_HANDLE){$ENDIF});
  try
    Told := YmParseNotification(Input, YmOptions.Name('inbox'));
  finally
    Input.Free;
  end;
  Kind := Told.Text('/type');
  if Kind = '' then
    Kind := 'nothing';
  Say('The Market says ' + Kind + ': answered with ' + Id(Told.Int('/reply/httpStatus')) + '.');
  Result := 0;
  if not Told.Bool('/accepted') then
    Result := 1;
  if not Told.Has('/chatId') then
    Exit;

  Check := YmCheckMessage(Text);
  for I := 0 to Check.Count('/findings') - 1 do
  begin
    Place := '/findings/' + Id(I);
    Say('Not sent, because of ' + Check.Text(Place + '/kind') + ': ' + Check.Text(Place + '/text'));
    Result := 1;
  end;
  if Result <> 0 then
    Exit;

  Asked := 0;
  Messages := Receive(FileName, YmOptions.ChatIds([Told.Int('/chatId')]));
  for I := 0 to High(Messages) do
  begin
    Message := Messages[I];
    Say('  ' + MessageLine(Message));
    Save(Folder, Message);
    if Message.Text('/sender') = 'CUSTOMER' then
      Asked := Message.Int('/messageId');
  end;
  if Asked = 0 then
  begin
    Say('Nothing to answer.');
    Exit;
  end;
  SendReply(Told.Int('/chatId'), Asked, Text);
end;

// ---- The program -----------------------------------------------------------------------------

procedure Open;
var
  Key, Business, BaseUrl: TYmString;
  BusinessId: Int64;
  Config: IYmConfig;
begin
  Key := FromSystem(GetEnvironmentVariable('YMCHAT_API_KEY'));
  Business := FromSystem(GetEnvironmentVariable('YMCHAT_BUSINESS_ID'));
  BaseUrl := FromSystem(GetEnvironmentVariable('YMCHAT_BASE_URL'));
  if (Key = '') or not TryStrToInt64(string(Business), BusinessId) then
    raise Exception.Create('YMCHAT_API_KEY and YMCHAT_BUSINESS_ID are both needed');
  Config := YmConfig(Key, BusinessId);
  if BaseUrl <> '' then
    Config.BaseUrl(BaseUrl);
  Market := TYmChat.Create(Config);
end;

begin
  if (ParamCount <> 1) and not ((ParamCount = 4) and (ParamStr(2) = 'answer')) then
  begin
    Complain('the arguments are: FILE [answer FOLDER TEXT]');
    Halt(2);
  end;
  try
    Open;
    try
      if ParamCount = 1 then
        Say('Received ' + Id(Length(Receive(ParamStr(1), YmOptions))) + ' messages.')
      else
        ExitCode := Answer(ParamStr(1), ParamStr(3), FromSystem(ParamStr(4)));
    finally
      Market.Free;
    end;
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
