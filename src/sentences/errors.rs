//! What any error may say, and how sentences are put together.

use super::{Sentence, sentences};

sentences! {
    /// What others wrote, as it is.
    verbatim(text: &str) => "{text}", "{text}";

    two(first: &Sentence, second: &Sentence) => "{first}. {second}", "{first}. {second}";

    defect(detail: &Sentence) =>
        "a defect of this library ({detail})",
        "ошибка в самой библиотеке ({detail})";

    defect_while_sending(detail: &Sentence) =>
        "it may have arrived, or not: a defect of this library ({detail})",
        "неизвестно, дошло ли сообщение: ошибка в самой библиотеке ({detail})";

    cancelled() => "the call was cancelled", "вызов отменён";

    cancelled_by_progress() =>
        "the progress function of the caller ended the call",
        "вызов прервала ваша функция, которой сообщается ход работы";

    other_process() =>
        "the client was opened before this process was forked. Nothing was sent. Open a client in \
         this process",
        "клиент открыт до fork, в другом процессе. Ничего не отправлено. Откройте клиент в этом \
         процессе";
}
