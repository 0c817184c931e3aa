//! A bundle: all policies at once, and the digest that says which ones.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use zelo_model::{MatchRules, Purpose};

use crate::access::{self, Governed};
use crate::countries::{self, Countries};
use crate::files::{self, Edits, Files};
use crate::ground::Ground;
use crate::rules::Rules;
use crate::{
    Calendar, Category, CategoryId, Controller, DataMap, Date, DeclaredPurpose, Expiry, Law, OperationInfo,
    PolicyError, Question, Retention, Returning, Schedule, Subject, Verdict, calendar, controller, data_map,
    expiry, gpc, law, matching, purpose, retention, schedule, suppression, taxonomy,
};

mod laws;

/// Everything in `policies/`, read and checked.
pub struct Bundle {
    digest: String,
    files: Files,
    came_with_the_program: bool,
    categories: Vec<Category>,
    subjects: Vec<Subject>,
    data_map: DataMap,
    matching: MatchRules,
    expiry: Expiry,
    gpc_since: Date,
    calendars: Vec<Calendar>,
    laws: Vec<Law>,
    countries: Countries,
    controllers: Vec<Controller>,
    purposes: Vec<DeclaredPurpose>,
    retentions: Vec<Retention>,
    schedules: Vec<Schedule>,
    returning: Returning,
    pub(crate) rules: Rules,
    /// `None` until the operations are known; then nothing is allowed.
    access: Option<Box<Governed>>,
}

impl Bundle {
    /// The policies that came with the program.
    pub fn embedded() -> Result<Self, PolicyError> {
        Ok(Self { came_with_the_program: true, ..Self::read(files::embedded()?)? })
    }

    /// The policies that were kept as one JSON object, text by path.
    pub fn kept(texts: &str) -> Result<Self, PolicyError> {
        Self::read(files::kept(texts)?)
    }

    /// These policies with some files changed. They do not govern yet.
    pub fn changed(&self, edits: &Edits) -> Result<Self, PolicyError> {
        Self::read(files::changed(&self.files, edits)?)
    }

    /// The policies of a folder, instead of all that came with the program.
    pub fn load(folder: &Path) -> Result<Self, PolicyError> {
        Self::read(files::in_folder(folder)?)
    }

    /// The digest that the policies of a folder would have, without reading what they say.
    pub fn digest_of(folder: &Path) -> Result<String, PolicyError> {
        Ok(files::digest(&files::in_folder(folder)?))
    }

    fn read(files: Files) -> Result<Self, PolicyError> {
        let categories = taxonomy::categories(&files)?;
        let calendars = calendar::calendars(&files)?;
        let laws = law::laws(&files, &calendars)?;
        let controllers = controller::controllers(&files, &laws)?;
        let active = controller::active(&controllers);
        let purposes = purpose::purposes(&files, &categories, &laws, &active)?;
        let data_map = data_map::load(&files, &categories)?;
        let ground = Ground {
            files: &files,
            categories: &categories,
            controllers: &controllers,
            purposes: &purposes,
            data_map: &data_map,
            laws: &laws,
        };
        let rules = Rules::read(&ground)?;
        Ok(Self {
            digest: files::digest(&files),
            came_with_the_program: false,
            countries: countries::countries(&files, &laws)?,
            subjects: taxonomy::subjects(&files)?,
            data_map,
            rules,
            matching: matching::rules(&files)?,
            expiry: expiry::expiry(&files)?,
            retentions: retention::retentions(&files, &laws)?,
            schedules: schedule::schedules(&files, &laws)?,
            returning: suppression::returning(&files)?,
            access: None,
            gpc_since: gpc::since(&files)?,
            calendars,
            laws,
            controllers,
            purposes,
            categories,
            files,
        })
    }

    /// SHA-256 over the files, in hex: the version that log entries and requests cite.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether they are those that came with the program, and not somebody's own.
    pub fn came_with_the_program(&self) -> bool {
        self.came_with_the_program
    }

    /// The files behind the digest, by path, to be kept for ever under it.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// The same as one JSON object, text by path: how they are kept.
    pub fn texts(&self) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let files = self.files().map(|(path, bytes)| (path.to_owned(), text(bytes).into()));
        serde_json::Value::Object(files.collect()).to_string()
    }

    /// Who is who.
    pub fn matching(&self) -> &MatchRules {
        &self.matching
    }

    /// How long is kept what is about nobody we know.
    pub fn expiry(&self) -> &Expiry {
        &self.expiry
    }

    /// Every kind of data.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The kind of data of this key.
    pub fn category(&self, key: &str) -> Option<&Category> {
        self.categories.iter().find(|one| one.key == key)
    }

    /// The kind of data with this id, which came from this bundle.
    pub fn category_of(&self, id: CategoryId) -> &Category {
        &self.categories[id.index()]
    }

    /// Every kind of people.
    pub fn subjects(&self) -> &[Subject] {
        &self.subjects
    }

    /// Every column and attribute.
    pub fn data_map(&self) -> &DataMap {
        &self.data_map
    }

    /// The kind of data of a profile's attribute: by its own name, else that of what it is part of
    /// (`address.city`), else the one for attributes nobody has classified.
    pub fn category_of_trait(&self, path: &str) -> &Category {
        self.category_of(self.data_map.category_of_trait(path))
    }

    /// The controllers tenants can be made for.
    pub fn controllers(&self) -> &[Controller] {
        &self.controllers
    }

    /// The controller of this name.
    pub fn controller(&self, id: &str) -> Option<&Controller> {
        self.controllers.iter().find(|one| one.id == id)
    }

    /// Every purpose, by name.
    pub fn purposes(&self) -> &[DeclaredPurpose] {
        &self.purposes
    }

    /// The purpose of this name, if it is declared.
    pub fn purpose(&self, key: &Purpose) -> Option<&DeclaredPurpose> {
        let at = self.purposes.binary_search_by(|one| one.key.cmp(key)).ok()?;
        self.purposes.get(at)
    }

    /// Since when Global Privacy Control is heeded.
    pub fn gpc_since(&self) -> Date {
        self.gpc_since
    }

    /// What a law keeps of somebody who is forgotten.
    pub fn retentions(&self) -> &[Retention] {
        &self.retentions
    }

    /// How long the living, and what they did, are kept; by name.
    pub fn schedules(&self) -> &[Schedule] {
        &self.schedules
    }

    /// The schedule of this name.
    pub fn schedule(&self, key: &str) -> Option<&Schedule> {
        self.schedules.iter().find(|one| one.key == key)
    }

    /// How somebody who was forgotten comes back by themselves.
    pub fn returning(&self) -> &Returning {
        &self.returning
    }

    /// The Cedar schema over these operations, as text.
    pub fn schema(&self, operations: &[OperationInfo]) -> String {
        access::schema(operations, &self.categories, &self.purposes)
    }

    /// Puts the access policies in force over these operations. Refused when a policy does not validate strictly, or
    /// when the policies do not answer one of `access/cases` as it says.
    pub fn govern(mut self, operations: &[OperationInfo]) -> Result<Self, PolicyError> {
        let schema = self.schema(operations);
        let governed = access::govern(&self.files, &schema, operations, &self.categories, &self.purposes)?;
        self.access = Some(Box::new(governed));
        Ok(self)
    }

    /// Whether somebody may do an operation, and how far they may see. No policy means no, and so does a policy that
    /// errors.
    pub fn decide(&self, asked: &Question<'_>) -> Verdict {
        self.access.as_ref().map_or(Verdict::Deny, |governed| governed.decide(asked))
    }

    /// The same by who may do or see what, with the purposes for which; empty before they govern.
    pub(crate) fn allowed(&self) -> BTreeMap<String, String> {
        self.access.as_deref().map(access::facts).unwrap_or_default()
    }

    /// Everything the policies allow, as text; empty before they govern.
    pub fn permissions(&self) -> String {
        self.access.as_deref().map(access::print).unwrap_or_default()
    }
}

impl fmt::Debug for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bundle").field("digest", &self.digest).finish_non_exhaustive()
    }
}
