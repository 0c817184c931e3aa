//! What policies know of the operations they are asked about.

/// What an operation does to the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// It changes nothing.
    Read,
    /// It may change something.
    Write,
}

impl Access {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Read, Self::Write];

    /// Its name in policies: a group of actions.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// What kind of thing an operation touches. Which one is not the policies' business: they are asked once a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// The installation itself: tenants, roots, policies.
    Installation,
    /// The actor's tenant as a whole.
    Tenant,
    /// A person: one profile, or whoever an identifier leads to.
    Person,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Installation, Self::Tenant, Self::Person];

    /// Its entity type in policies.
    pub const fn entity_type(self) -> &'static str {
        match self {
            Self::Installation => "Installation",
            Self::Tenant => "Tenant",
            Self::Person => "Person",
        }
    }
}

/// What a list of operations says of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationInfo {
    /// Its name: the policies' action, the log's verb, the metric's label.
    pub name: &'static str,
    /// Whether it reads or writes.
    pub access: Access,
    /// What it touches.
    pub target: Target,
}
