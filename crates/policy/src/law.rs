//! The laws we know and the bases they allow. Which purpose rests on which basis stands in `policies/purposes`.

use std::fmt;

/// Where a law holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Jurisdiction {
    /// Brazil: LGPD, Lei 13.709/2018.
    Br,
    /// The European Union: GDPR, Regulation 2016/679.
    Eu,
}

impl Jurisdiction {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Br, Self::Eu];

    /// Its name in policies.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Br => "br",
            Self::Eu => "eu",
        }
    }

    /// The jurisdiction of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.slug() == slug)
    }

    /// The bases its law allows, in the order of the law.
    pub fn bases(self) -> Vec<Basis> {
        match self {
            Self::Br => Lgpd::ALL.map(Basis::Lgpd).to_vec(),
            Self::Eu => Gdpr::ALL.map(Basis::Gdpr).to_vec(),
        }
    }

    /// The basis of this name in this jurisdiction.
    pub fn basis(self, slug: &str) -> Option<Basis> {
        self.bases().into_iter().find(|basis| basis.slug() == slug)
    }
}

impl fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

macro_rules! bases {
    ($(#[$doc:meta])* $law:ident, $count:literal: $($(#[$about:meta])* $name:ident $slug:literal $article:literal,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $law {
            $($(#[$about])* $name,)*
        }

        impl $law {
            /// All of them, in the order of the law.
            pub const ALL: [Self; $count] = [$(Self::$name),*];

            const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            const fn article(self) -> &'static str {
                match self { $(Self::$name => $article,)* }
            }
        }
    };
}

bases! {
    /// LGPD art. 7.
    Lgpd, 10:
    /// The person's consent.
    Consent "consent" "LGPD art. 7 I",
    /// A duty of the controller's by law or regulation.
    LegalObligation "legal_obligation" "LGPD art. 7 II",
    /// Public policies, by the public administration.
    PublicPolicy "public_policy" "LGPD art. 7 III",
    /// Studies by a research body.
    Research "research" "LGPD art. 7 IV",
    /// A contract the person is party to, or steps before it at their request.
    Contract "contract" "LGPD art. 7 V",
    /// The exercise of rights in proceedings.
    LegalClaims "legal_claims" "LGPD art. 7 VI",
    /// Life or physical safety.
    VitalInterests "vital_interests" "LGPD art. 7 VII",
    /// Health care, by health professionals, services or authorities.
    HealthCare "health_care" "LGPD art. 7 VIII",
    /// Interests of the controller's or a third party's, weighed against the person's (art. 10).
    LegitimateInterest "legitimate_interest" "LGPD art. 7 IX",
    /// The protection of credit.
    CreditProtection "credit_protection" "LGPD art. 7 X",
}

bases! {
    /// GDPR art. 6(1).
    Gdpr, 6:
    /// The person's consent.
    Consent "consent" "GDPR art. 6(1)(a)",
    /// A contract the person is party to, or steps before it at their request.
    Contract "contract" "GDPR art. 6(1)(b)",
    /// A legal obligation of the controller's.
    LegalObligation "legal_obligation" "GDPR art. 6(1)(c)",
    /// Somebody's vital interests.
    VitalInterests "vital_interests" "GDPR art. 6(1)(d)",
    /// A task in the public interest.
    PublicTask "public_task" "GDPR art. 6(1)(e)",
    /// Interests of the controller's or a third party's, weighed against the person's.
    LegitimateInterest "legitimate_interest" "GDPR art. 6(1)(f)",
}

/// What makes processing lawful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// In Brazil.
    Lgpd(Lgpd),
    /// In the European Union.
    Gdpr(Gdpr),
}

impl Basis {
    /// Its name in policies.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Lgpd(basis) => basis.slug(),
            Self::Gdpr(basis) => basis.slug(),
        }
    }

    /// Where the law says so.
    pub const fn article(self) -> &'static str {
        match self {
            Self::Lgpd(basis) => basis.article(),
            Self::Gdpr(basis) => basis.article(),
        }
    }

    /// Whether it is the person's consent, which must be there before anything is collected (LGPD art. 8, GDPR art. 7).
    pub const fn is_consent(self) -> bool {
        matches!(self, Self::Lgpd(Lgpd::Consent) | Self::Gdpr(Gdpr::Consent))
    }

    /// Whether sensitive data can rest on it at all: LGPD art. 11 knows neither contract nor legitimate interest nor
    /// credit protection. GDPR art. 9 asks for an exception beside the basis, which is not modelled yet.
    pub const fn carries_sensitive(self) -> bool {
        !matches!(self, Self::Lgpd(Lgpd::Contract | Lgpd::LegitimateInterest | Lgpd::CreditProtection))
    }
}
