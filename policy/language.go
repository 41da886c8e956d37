package policy

// Language is the official language of the Union in which a text was written, as
// its code of two letters (ISO 639-1). Empty is not said.
type Language string

// Languages lists the 24 official languages (Council Regulation No 1 of 1958, as
// amended), in the order of their codes.
var Languages = []Language{
	"bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv",
}

// Words lists the languages.
func (Language) Words() []string { return Texts(Languages) }

// UnmarshalText reads a language; empty text is none.
func (l *Language) UnmarshalText(text []byte) error {
	return oneOf(l, text, "an official language of the Union")
}

// ParseLanguage reads a language. The error has CodeInvalid and lists them.
func ParseLanguage(text string) (l Language, err error) {
	err = l.UnmarshalText([]byte(text))
	return l, err
}
