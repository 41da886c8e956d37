package main

// partners2026 are countries from elsewhere, which with the Member States, the bodies of the
// Union and the countries that the crimes name make about 60 participants.
var partners2026 = []string{
	"Australia", "Brazil", "the United States", "Canada", "Norway", "Montenegro", "Iceland", "Armenia",
}
