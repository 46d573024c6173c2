//! What is written, before it is laid out.

use crate::schema::definition::Sql;
use std::borrow::Cow;

/// A value.
pub(super) enum Node {
    Text(String),
    Flag(bool),
    Number(u32),
    List(Vec<Node>),
    /// A list with a line for each, however long it is.
    Lines(Vec<Node>),
    Table(Members),
}

/// The keys of a table and their values, in order.
#[derive(Default)]
pub(super) struct Members(pub(super) Vec<(Cow<'static, str>, Node)>);

impl Node {
    pub(super) fn text(text: &str) -> Node {
        Node::Text(text.to_owned())
    }

    pub(super) fn texts(texts: &[String]) -> Node {
        Node::List(texts.iter().map(|text| Node::text(text)).collect())
    }

    pub(super) fn sql(sql: &Sql) -> Node {
        match sql {
            Sql::Same(text) => Node::text(text),
            Sql::Each(texts) => {
                let member = |(database, text): (&String, &String)| {
                    (Cow::Owned(database.clone()), Node::text(text))
                };
                Node::Table(Members(texts.iter().map(member).collect()))
            }
        }
    }
}

impl From<Members> for Node {
    fn from(members: Members) -> Node {
        Node::Table(members)
    }
}

impl Members {
    pub(super) fn node(&mut self, key: &'static str, node: Node) {
        self.0.push((Cow::Borrowed(key), node));
    }

    pub(super) fn text(&mut self, key: &'static str, text: &str) {
        self.node(key, Node::text(text));
    }

    /// A text, if there is one.
    pub(super) fn maybe(&mut self, key: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    /// Texts, if there are any.
    pub(super) fn texts(&mut self, key: &'static str, texts: &[String]) {
        if !texts.is_empty() {
            self.node(key, Node::texts(texts));
        }
    }

    /// SQL, if there is any.
    pub(super) fn sql(&mut self, key: &'static str, sql: Option<&Sql>) {
        if let Some(sql) = sql {
            self.node(key, Node::sql(sql));
        }
    }

    /// What is so, if it is.
    pub(super) fn flag(&mut self, key: &'static str, flag: bool) {
        if flag {
            self.node(key, Node::Flag(true));
        }
    }

    /// A list with a line for each, if anything is in it.
    pub(super) fn lines<T>(&mut self, key: &'static str, items: &[T], write: impl Fn(&T) -> Node) {
        if !items.is_empty() {
            self.node(key, Node::Lines(items.iter().map(write).collect()));
        }
    }

    /// A list, if anything is in it.
    pub(super) fn list<T>(&mut self, key: &'static str, items: &[T], write: impl Fn(&T) -> Node) {
        if !items.is_empty() {
            self.node(key, Node::List(items.iter().map(write).collect()));
        }
    }
}
