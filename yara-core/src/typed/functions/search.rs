//! Full-text search.

use crate::tree::{self, Function};
use crate::typed::{Column, Expr, Expression, Operand, Pred};
use crate::value::Textual;

/// Full-text search in one text; [`fulltext`] searches several.
pub trait SearchFunctions: Expression<Type: Textual> {
    /// Whether the text matches a query, word by word and in no particular language.
    ///
    /// ```
    /// # use library::*;
    /// #[derive(Model, Debug, Clone)]
    /// #[model(fulltext(text))]
    /// struct Note {
    ///     id: i64,
    ///     text: String,
    /// }
    ///
    /// # run(async |db| {
    /// db.create_tables::<Note>().await?;
    /// Note::create().text("A fat cat sat").insert(&db).await?;
    /// assert_eq!(Note::filter(Note::text.search("\"fat cat\" -dog")).count(&db).await?, 1);
    /// assert_eq!(Note::filter(Note::text.search("cats or dogs")).count(&db).await?, 0);
    /// # Ok(()) })
    /// ```
    fn search(self, query: impl Operand<Self::Model, String>) -> Pred<Self::Model> {
        let arguments = vec![query.operand(), self.into_tree()];
        Pred::from_tree(tree::Expr::Call(Function::Search(SIMPLE), arguments))
    }
}

impl<E: Expression<Type: Textual>> SearchFunctions for E {}

/// The language that takes words as they are.
const SIMPLE: &str = "simple";

/// A full-text search in columns of a model, made by [`fulltext`].
pub struct Fulltext<M> {
    texts: Vec<tree::Expr>,
    language: &'static str,
    query: tree::Expr,
    of: std::marker::PhantomData<fn() -> M>,
}

/// A search for `query` in one or several texts, of which none has to match alone.
///
/// The query is written as people write for search engines: words that all have to be there, in any
/// order; `"a phrase"`; `or` between alternatives; `-` before what must not be there.
///
/// A model that is searched has an index for it: `#[model(fulltext(title, body, language =
/// "english"))]`. PostgreSQL does without one, slowly; SQLite needs it, over these columns or more.
///
/// ```
/// # use library::*;
/// use yara_orm::func;
///
/// #[derive(Model, Debug, Clone)]
/// #[model(fulltext(title, body, language = "english"))]
/// struct Page {
///     id: i64,
///     title: String,
///     body: Option<String>,
/// }
///
/// # run(async |db| {
/// db.create_tables::<Page>().await?;
/// Page::create().title("Engines").body("How an engine runs".to_owned()).insert(&db).await?;
/// Page::create().title("Runners").body("Running and engines".to_owned()).insert(&db).await?;
///
/// let about = func::fulltext((Page::title, Page::body), "engine run").language("english");
/// let pages = Page::filter(about.matches()).order_by((about.rank().desc(), Page::id));
/// assert_eq!(pages.count(&db).await?, 2);
/// # Ok(()) })
/// ```
pub fn fulltext<M, C: FulltextColumns<M>>(
    columns: C,
    query: impl Operand<M, String>,
) -> Fulltext<M> {
    Fulltext {
        texts: columns.texts(),
        language: SIMPLE,
        query: query.operand(),
        of: std::marker::PhantomData,
    }
}

impl<M> Fulltext<M> {
    /// The language, whose endings are ignored and whose smallest words are passed over. SQLite
    /// knows `simple`, which takes words as they are and is the one unless another is named, and
    /// `english`; PostgreSQL knows many.
    #[must_use]
    pub fn language(self, language: &'static str) -> Self {
        Fulltext { language, ..self }
    }

    /// Whether the texts match.
    pub fn matches(&self) -> Pred<M> {
        Pred::from_tree(self.call(Function::Search(self.language)))
    }

    /// How well the texts match: more is better, and 0 is not at all. The numbers are each
    /// database's own, to sort by.
    pub fn rank(&self) -> Expr<M, f64> {
        Expr::from_tree(self.call(Function::SearchRank(self.language)))
    }

    fn call(&self, function: Function) -> tree::Expr {
        let query = [self.query.clone()].into_iter();
        tree::Expr::Call(function, query.chain(self.texts.iter().cloned()).collect())
    }
}

impl<M> Clone for Fulltext<M> {
    fn clone(&self) -> Self {
        let (texts, query) = (self.texts.clone(), self.query.clone());
        Fulltext { texts, query, language: self.language, of: self.of }
    }
}

impl<M> std::fmt::Debug for Fulltext<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fulltext")
            .field("texts", &self.texts)
            .field("language", &self.language)
            .field("query", &self.query)
            .finish()
    }
}

/// What [`fulltext`] searches: a text column or expression, or a tuple of up to six.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to search in for a query of `{M}`",
    label = "expected a text column of `{M}`, or a tuple of them"
)]
pub trait FulltextColumns<M> {
    /// The nodes of the query tree.
    fn texts(self) -> Vec<tree::Expr>;
}

macro_rules! single_columns {
    ($($shell:ident),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: 'static, T: Textual> FulltextColumns<M> for $shell<M, T> {
            fn texts(self) -> Vec<tree::Expr> {
                vec![self.into_tree()]
            }
        }
    )+};
}

single_columns!(Column, Expr);

macro_rules! tuple_columns {
    ($(($($part:ident),+))+) => {$(
        impl<M, $($part: FulltextColumns<M>),+> FulltextColumns<M> for ($($part,)+) {
            fn texts(self) -> Vec<tree::Expr> {
                #[allow(non_snake_case, reason = "the type parameters name the parts")]
                let ($($part,)+) = self;
                [$($part.texts()),+].concat()
            }
        }
    )+};
}

tuple_columns! { (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) }
