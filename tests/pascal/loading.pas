// Loads the library: the file that is named, or the usual one. Says what happens.
program loading;

{$H+}

uses
  cthreads, SysUtils, ymchat;

begin
  try
    if ParamCount > 0 then
      YmLoadLibrary(ParamStr(1));
    WriteLn('version ', YmLibraryVersion);
  except
    on E: EYmChatLibrary do
      WriteLn(E.ClassName, ': ', E.Message);
  end;
end.
