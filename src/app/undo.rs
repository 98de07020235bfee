//! Undo: what the reader did last and can take back. Pure.

use crate::domain::Seq;

/// Acts that are remembered; the oldest is forgotten.
const REMEMBERED: usize = 20;

/// Acts of this page, the last one at the end, each by the number that takes it back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undos(Vec<Seq>);

impl Undos {
    /// The reader did something.
    pub fn push(&mut self, undo: Seq) {
        if self.0.len() >= REMEMBERED {
            self.0.remove(0);
        }
        self.0.push(undo);
    }

    /// The last act, which is forgotten.
    pub fn pop(&mut self) -> Option<Seq> {
        self.0.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_act_is_taken_back_first_and_old_ones_are_forgotten() {
        let mut undos = Undos::default();
        (0..30).for_each(|seq| undos.push(Seq(seq)));
        assert_eq!(undos.pop(), Some(Seq(29)));
        assert_eq!(std::iter::from_fn(|| undos.pop()).last(), Some(Seq(10)));
        assert_eq!(undos.pop(), None);
    }
}
