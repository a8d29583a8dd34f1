//! Lists that come in pages.

use super::super::client::Client;
use super::super::error::{Error, Result};
use super::super::request::Request;
use serde::de::DeserializeOwned;

/// More pages than any honest list has: 100 things each.
const MOST: usize = 1000;

/// A page.
pub(super) trait Page: DeserializeOwned {
    /// What is listed.
    type Item;
    /// What is on it, and how the next one is asked for.
    fn into_parts(self) -> (Vec<Self::Item>, Option<String>);
}

/// A type of a page whose items have this name.
macro_rules! page {
    ($page:ident of $item:ty as $name:literal) => {
        #[derive(serde::Deserialize)]
        struct $page {
            #[serde(default, rename = $name)]
            items: Vec<$item>,
            #[serde(default, rename = "nextPageToken")]
            next: Option<String>,
        }

        impl super::page::Page for $page {
            type Item = $item;

            fn into_parts(self) -> (Vec<$item>, Option<String>) {
                (self.items, self.next)
            }
        }
    };
}
pub(super) use page;

impl Client {
    /// All that the request lists.
    pub(super) async fn all<P: Page>(&self, request: Request) -> Result<Vec<P::Item>> {
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        for _ in 0..MOST {
            let next = request.clone().perhaps_with("pageToken", token.as_deref());
            let page: P = self.json(&next).await?;
            let (items, next) = page.into_parts();
            all.extend(items);
            match next.filter(|next| !next.is_empty()) {
                Some(next) => token = Some(next),
                None => return Ok(all),
            }
        }
        Err(Error::Unintelligible(format!(
            "{} has more than {MOST} pages",
            request.call.name()
        )))
    }
}
