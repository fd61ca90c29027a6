//! What became of a send.

use super::{Sentence, sentences};

sentences! {
    answer_lost(cause: &Sentence, found: &Sentence) =>
        "it may have arrived, or not: its answer was lost ({cause}). {found}",
        "неизвестно, дошло ли сообщение: ответ на отправку потерян ({cause}). {found}";

    earlier_attempt(found: &Sentence) =>
        "an earlier attempt with this ticket may have arrived, or not. {found}",
        "неизвестно, дошла ли предыдущая попытка с этим билетом. {found}";

    refused_with_ticket(why: &Sentence) =>
        "an earlier attempt with this ticket may have arrived, or not, and this call was refused \
         before it was looked for: {why}",
        "неизвестно, дошла ли предыдущая попытка с этим билетом: вызов отклонён раньше, чем её \
         начали искать: {why}";

    cancelled_while_looking() =>
        "The call was cancelled while it was looked for",
        "Вызов отменён, пока шёл поиск сообщения";

    not_searched() => "The history was not searched", "Поиск в истории чата не выполнен";

    not_shown() => "The history does not show it", "В истории чата его нет";

    candidates_shown() =>
        "The history shows messages that may be this one, or may not",
        "В истории чата есть похожие сообщения, но это ли оно, неизвестно";

    proven_absent() =>
        "The history proves that nothing arrived",
        "История чата доказывает, что сообщение не дошло";

    ticket_in_use() =>
        "another call of this program is sending with this ticket at this moment",
        "другой вызов этой программы сейчас отправляет сообщение с этим билетом";

    chat_not_read_before(why: &Sentence) =>
        "the chat could not be read before the send, and nothing was sent: {why}",
        "не удалось прочитать чат перед отправкой, и ничего не отправлено: {why}";

    newest_not_read(why: &Sentence) =>
        "the chat's newest message could not be read: {why}",
        "не удалось прочитать последнее сообщение чата: {why}";

    history_too_long(most: usize) =>
        "the history to be searched is longer than {most} bytes",
        "история чата слишком длинная для поиска, предел в байтах: {most}";

    ticket_is_damaged() =>
        "the ticket is damaged: pass the text that prepare_send gave, or the one in the error",
        "билет повреждён: передайте текст, который вернул prepare_send, или билет из ошибки";

    ticket_of_later_version(version: &str) =>
        "the ticket was made by a later version of this library ({version}), which this one cannot \
         read",
        "билет сделан более новой версией библиотеки ({version}), эта его не читает";

    ticket_of_other_business() =>
        "the ticket was prepared for another business; each send has its own ticket",
        "билет подготовлен для другого кабинета; у каждой отправки свой билет";

    ticket_of_other_chat() =>
        "the ticket was prepared for another chat; each send has its own ticket",
        "билет подготовлен для другого чата; у каждой отправки свой билет";

    ticket_of_other_text() =>
        "the ticket was prepared for another text; each send has its own ticket",
        "билет подготовлен для другого текста; у каждой отправки свой билет";

    ticket_of_other_file() =>
        "the ticket was prepared for another file name or size; each send has its own ticket",
        "билет подготовлен для файла с другим именем или размером; у каждой отправки свой билет";
}
