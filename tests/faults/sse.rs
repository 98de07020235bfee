//! Events from bytes, cut anywhere, as the WHATWG HTML standard reads them (§9.2.6, «Interpreting an event stream»).

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    pub id: Option<String>,
    pub name: String,
    pub data: String,
}

/// What has come and is no event yet.
#[derive(Default)]
pub struct Parser {
    line: Vec<u8>,
    block: Block,
    after_cr: bool,
}

impl Parser {
    /// Takes bytes and gives the events that they complete. What is not UTF-8 is not an event stream.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Block>, String> {
        let mut blocks = Vec::new();
        for &byte in bytes {
            let second_half = byte == b'\n' && std::mem::take(&mut self.after_cr);
            self.after_cr = byte == b'\r';
            match byte {
                _ if second_half => {}
                b'\r' | b'\n' => self.end_line(&mut blocks)?,
                _ => self.line.push(byte),
            }
        }
        Ok(blocks)
    }

    fn end_line(&mut self, blocks: &mut Vec<Block>) -> Result<(), String> {
        let line = std::mem::take(&mut self.line);
        let line = std::str::from_utf8(&line).map_err(|_| "a line that is not UTF-8".to_owned())?;
        if line.is_empty() {
            let block = std::mem::take(&mut self.block);
            if block != Block::default() {
                blocks.push(block);
            }
            return Ok(());
        }
        let (field, value) = line.split_once(": ").unwrap_or((line, ""));
        match field {
            "id" => self.block.id = Some(value.to_owned()),
            "event" => value.clone_into(&mut self.block.name),
            "data" if self.block.data.is_empty() => value.clone_into(&mut self.block.data),
            "retry" if value.bytes().all(|digit| digit.is_ascii_digit()) => {}
            // Tidings says none of what else a stream could have: whoever reads it sees a forged line.
            _ => return Err(format!("a line that Tidings does not write: {line:.60}")),
        }
        Ok(())
    }
}
