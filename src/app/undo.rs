//! Undo: what the reader did last and can take back, also when its answer is still on the way. Pure.

/// Acts that are remembered; the oldest is forgotten.
const REMEMBERED: usize = 20;

/// Acts of this page, the last one at the end. Other tabs have their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undos {
    acts: Vec<Act>,
    begun: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Act {
    /// The server has not answered yet. `wanted`: the reader wants it back meanwhile.
    Begun { nth: u32, wanted: bool },
    /// What takes it back.
    Done(String),
}

/// What there is to take back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Last {
    /// Nothing.
    Nothing,
    /// Something whose answer is on the way; [`Undos::settle`] will say what takes it back.
    OnItsWay,
    /// By this.
    Back(String),
}

impl Undos {
    /// The reader does something. [`Self::settle`] must follow, with the number that is given here.
    pub fn begin(&mut self) -> u32 {
        self.begun += 1;
        self.add(Act::Begun { nth: self.begun, wanted: false });
        self.begun
    }

    /// The server has answered what takes the act back; `None`: there is nothing to. Gives what is wanted back already.
    pub fn settle(&mut self, nth: u32, back: Option<String>) -> Option<String> {
        let at = self.acts.iter().position(|act| matches!(act, Act::Begun { nth: begun, .. } if *begun == nth))?;
        let wanted = self.acts[at] == Act::Begun { nth, wanted: true };
        match back {
            Some(back) if !wanted => self.acts[at] = Act::Done(back),
            back => {
                self.acts.remove(at);
                return back;
            }
        }
        None
    }

    /// This could not be taken back now, and can be tried again.
    pub fn push(&mut self, back: String) {
        self.add(Act::Done(back));
    }

    /// The last act, which is forgotten.
    pub fn pop(&mut self) -> Last {
        let Some(at) = self.acts.iter().rposition(|act| !matches!(act, Act::Begun { wanted: true, .. })) else {
            return Last::Nothing;
        };
        if let Act::Begun { wanted, .. } = &mut self.acts[at] {
            *wanted = true;
            return Last::OnItsWay;
        }
        match self.acts.remove(at) {
            Act::Done(back) => Last::Back(back),
            Act::Begun { .. } => Last::Nothing,
        }
    }

    /// This is taken back otherwise.
    pub fn forget(&mut self, back: &str) {
        self.acts.retain(|act| !matches!(act, Act::Done(done) if done == back));
    }

    fn add(&mut self, act: Act) {
        if self.acts.len() >= REMEMBERED {
            self.acts.remove(0);
        }
        self.acts.push(act);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn did(undos: &mut Undos, back: &str) {
        let nth = undos.begin();
        assert_eq!(undos.settle(nth, Some(back.into())), None);
    }

    #[test]
    fn the_last_act_is_taken_back_first_and_old_ones_are_forgotten() {
        let mut undos = Undos::default();
        (0..30).for_each(|nth| did(&mut undos, &nth.to_string()));
        let back: Vec<_> = std::iter::from_fn(|| Some(undos.pop()).filter(|last| *last != Last::Nothing)).collect();
        assert_eq!((back.len(), &back[0], &back[19]), (20, &Last::Back("29".into()), &Last::Back("10".into())));
    }

    #[test]
    fn an_act_whose_answer_is_on_the_way_is_the_last_one_too() {
        let mut undos = Undos::default();
        did(&mut undos, "pin");
        let done = undos.begin();
        assert_eq!(undos.pop(), Last::OnItsWay);
        assert_eq!(undos.pop(), Last::Back("pin".into()), "twice is two acts");
        assert_eq!(undos.settle(done, Some("done".into())), Some("done".into()), "now it can be taken back");
        assert_eq!(undos.pop(), Last::Nothing);
    }

    #[test]
    fn what_changed_nothing_is_no_act_and_what_failed_can_be_tried_again() {
        let mut undos = Undos::default();
        did(&mut undos, "pin");
        let nothing = undos.begin();
        assert_eq!(undos.settle(nothing, None), None);
        assert_eq!(undos.pop(), Last::Back("pin".into()));
        undos.push("pin".into());
        undos.forget("other");
        assert_eq!(undos.pop(), Last::Back("pin".into()));
        undos.push("pin".into());
        undos.forget("pin");
        assert_eq!(undos.pop(), Last::Nothing);
    }
}
