//! Why a call failed.

use ymchat::Error;

use crate::mistake::Mistake;

#[derive(Debug)]
pub(crate) enum Failure {
    Library(Error),
    Mistake(Mistake),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Library(error)
    }
}

impl From<Mistake> for Failure {
    fn from(mistake: Mistake) -> Self {
        Failure::Mistake(mistake)
    }
}
