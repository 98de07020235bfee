//! JSON (RFC 8259): a text as a tree, out of which `read` takes words. What writes JSON is serde, on the server.
//!
//! The page has a parser already, the browser's own, and brings none; elsewhere serde's is used. `docs/DESIGN.md` has what that
//! weighs.

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number; `None`: one with a fraction, or too large.
    Number(Option<i64>),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// Values by their names.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// `None`: that is no JSON.
    pub fn parse(text: &str) -> Option<Self> {
        parser::parse(text)
    }

    /// The value that an object has by this name.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(fields) = self else { return None };
        fields.iter().find_map(|(has, value)| (has == name).then_some(value))
    }

    /// The text that it is.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The whole number that it is.
    pub fn as_i64(&self) -> Option<i64> {
        if let Self::Number(number) = self { *number } else { None }
    }
}

#[cfg(target_arch = "wasm32")]
mod parser {
    use js_sys::{Array, JSON, Object};
    use wasm_bindgen::{JsCast, JsValue};

    use super::Json;

    pub(super) fn parse(text: &str) -> Option<Json> {
        JSON::parse(text).ok().map(tree)
    }

    fn tree(value: JsValue) -> Json {
        if let Some(text) = value.as_string() {
            Json::Text(text)
        } else if let Some(number) = value.as_f64() {
            let whole = number as i64;
            Json::Number((whole as f64 == number).then_some(whole))
        } else if let Some(is) = value.as_bool() {
            Json::Bool(is)
        } else if value.is_null() {
            Json::Null
        } else if Array::is_array(&value) {
            Json::List(values(&value))
        } else {
            let object: &Object = value.unchecked_ref();
            let names = Object::keys(object);
            Json::Object(
                names.iter().filter_map(|name| name.as_string()).zip(values(&Object::values(object))).collect(),
            )
        }
    }

    fn values(list: &JsValue) -> Vec<Json> {
        list.unchecked_ref::<Array>().iter().map(tree).collect()
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod parser {
    use serde_json::Value;

    use super::Json;

    pub(super) fn parse(text: &str) -> Option<Json> {
        serde_json::from_str(text).ok().map(tree)
    }

    fn tree(value: Value) -> Json {
        match value {
            Value::Null => Json::Null,
            Value::Bool(is) => Json::Bool(is),
            Value::Number(number) => Json::Number(number.as_i64()),
            Value::String(text) => Json::Text(text),
            Value::Array(values) => Json::List(values.into_iter().map(tree).collect()),
            Value::Object(fields) => {
                Json::Object(fields.into_iter().map(|(name, value)| (name, tree(value))).collect())
            }
        }
    }
}
