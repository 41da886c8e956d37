package main

import (
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// theme is what a group of actions is about. Words in braces stand for those of
// the crime: see crime.about.
type theme struct {
	kind      policy.ActionKind
	indicator string
	target    int64
	agencies  []policy.Body // that usually take part
	// led says that the first of the agencies leads.
	led      bool
	external bool
	actions  []action
}

// action is an operational action as it may stand in any OAP.
type action struct{ title, text, results string }

var picture = theme{
	kind: "intelligence", indicator: "intelligence-packages", target: 20, agencies: []policy.Body{policy.Europol}, actions: []action{
		{"Intelligence picture of {networks}", "Participants send {data} to Europol, which describes the networks, their routes through {hub} and those who lead them.", "A shared picture, and at least three targets that participants take on."},
		{"Who stands behind {goods}", "Names, numbers and places from cases on {goods} are compared; what several States see is followed up together.", "A list of persons of interest, each with a State that investigates."},
		{"Monitoring {online}", "Analysts watch {online}, identify those behind the offers and hand packages to the States concerned.", "Packages on the offers that matter most."},
		{"Use of {hub} by {networks}", "Movements through {hub} are compared with {data}.", "Risk profiles that the services at {hub} use."},
		{"Facilitators behind {networks}", "Lawyers, carriers and owners of companies who serve several networks at once are identified from cases that seem unrelated.", "A list of facilitators, and proposals for investigations."},
		{"New ways of {networks}", "Early signs of new methods are collected every quarter and sent to all participants.", "Four early notices a year."},
	},
}

var cases = theme{
	kind: "operational", indicator: "investigations", target: 12, agencies: []policy.Body{policy.Europol, policy.Eurojust}, actions: []action{
		{"Joint investigations against {networks}", "Participants open parallel investigations against agreed targets and coordinate them at Europol and Eurojust.", "Leading figures arrested in at least three States on the same day."},
		{"Targets behind {goods}", "High-value targets are chosen together; one State leads on each and others act at its request.", "Five targets brought to court."},
		{"Taking down {online}", "Investigators work on {online} under cover and seize what serves them.", "Servers seized, operators identified."},
		{"Logistics of {networks} through {hub}", "Investigations follow the helpers and insiders on whom the networks rely at {hub}.", "Two logistics cells dismantled."},
		{"Joint investigation team on {goods}", "Prosecutors and police of the participants set up a joint investigation team and share evidence without requests.", "One team set up, charges in all of its States."},
		{"Follow-up of joint controls: {goods}", "Every larger hit of the joint controls is followed by an investigation of those behind it.", "Investigations opened after two hits in three."},
		{"Insiders and corruption at {hub}", "Participants compare how insiders at {hub} are recruited, and investigate those who help.", "Insiders identified; advice for operators."},
	},
}

var controls = theme{
	kind: "operational", indicator: "checks", target: 2500, agencies: []policy.Body{policy.Europol, policy.Frontex}, actions: []action{
		{"Joint action days: {hub}", "On agreed days all participants act on {hub} at the same time, with analysts of Europol on the spot.", "Hits on {goods}, and leads that open investigations."},
		{"Targeted controls: {goods}", "Controls on the profiles of the intelligence picture, three times a year.", "More hits per check than without profiles."},
		{"Search of {online} on the same days", "A week in which participants find and report offers on {online} and buy as a test.", "Offers removed, sellers identified."},
		{"Services side by side: {hub}", "Mixed teams of police, customs and other services work with the same risk profiles.", "A common way of choosing what is checked."},
		{"Checks on {document}", "Officers check for {document} with support from a distance by experts.", "Forged papers found, and patterns shared on the same day."},
		{"Known premises of {networks}", "Known premises and helpers are checked on the same days in all participating States.", "Persons sought found, and links between cases."},
	},
}

var money = theme{
	kind: "financial", indicator: "assets-seized", target: 900_000, agencies: []policy.Body{policy.Europol, policy.Eurojust}, actions: []action{
		{"Following {money}", "Financial investigations run beside the main investigations from the first day.", "Assets frozen in all cases of the plan."},
		{"Asset recovery from {networks}", "Asset recovery offices trace property and companies in other States.", "Property traced within eight weeks."},
		{"Companies used by {networks}", "Registers of owners are compared with {data} to find companies that serve as a cover.", "A list of companies for banks and tax authorities."},
		{"Launderers who serve {networks}", "Professional launderers who serve {networks} are targets of their own.", "Two launderers identified and charged."},
		{"Payments on {online}", "Payments and wallets used on {online} are traced with providers.", "Accounts closed and balances frozen."},
	},
}

var papers = theme{
	kind: "intelligence", indicator: "documents-detected", target: 150, agencies: []policy.Body{policy.Frontex, policy.Europol}, actions: []action{
		{"Forged and abused papers: {document}", "Specimens of {document} are collected and compared in one place.", "Workshops identified; alerts to all document experts."},
		{"Sellers of {document}", "Sellers who advertise {document} are identified and handed to the States concerned.", "Ten sellers identified."},
		{"Identities used by {networks}", "Identities in use in several cases at once are found by comparing face images and papers.", "False identities withdrawn."},
		{"Breeder documents behind {document}", "Participants look at how genuine papers are obtained with false ones.", "Weak points reported to issuing authorities."},
	},
}

var skills = theme{
	kind: "training", indicator: "officers-trained", target: 60, agencies: []policy.Body{policy.CEPOL, policy.Europol}, led: true, actions: []action{
		{"Course: {skill}", "A course of one week for investigators and prosecutors, with cases of the participants.", "Officers who can apply {skill} and train others."},
		{"Exchange of officers on {area}", "Officers spend two weeks with the unit of another State.", "Contacts that last, methods that travel."},
		{"Manual on {skill}", "Experts of the participants write down what has worked, with samples of requests.", "A manual in the languages of the participants."},
		{"Webinars on {goods}", "Short sessions on what is new about {goods} and how it is recognised.", "Officers of all participants reached."},
		{"Prosecutors and police on {area}", "Joint seminars on evidence, confiscation and requests to other States.", "Fewer requests sent back."},
		{"Analysts' workshop: {data}", "Analysts learn to prepare {data} so that it can be compared.", "Contributions that need no rework."},
	},
}

var prevention = theme{
	kind: policy.Prevention, indicator: "people-reached", target: 400_000, agencies: []policy.Body{policy.Europol}, actions: []action{
		{"Awareness among {public}", "A campaign in all participating States tells {public} how they are approached and where to turn.", "People who recognise the danger and report it."},
		{"Barriers with {sector}", "Participants agree with {sector} what to notice, what to refuse and whom to call.", "Reports from {sector}, and fewer openings for crime."},
		{"Advice to local authorities on {area}", "Administrations learn which permits and premises are misused, and refuse them.", "Refused permits, closed premises."},
		{"What makes {public} turn away", "Schools, associations and social services test messages to {public} and keep those that work.", "A set of messages with proof of effect."},
		{"Design against misuse with {sector}", "Weak points in services of {sector} are tested and closed before they are used.", "Weak points closed."},
	},
}

var abroad = theme{
	kind: "cooperation", indicator: "partner-officers-trained", target: 40, agencies: []policy.Body{policy.Europol, policy.EEAS}, external: true, actions: []action{
		{"Capacity of {partners} against {networks}", "Officers of {partners} are trained in {skill} and work on real cases with participants.", "Investigations that {partners} open themselves."},
		{"Joint cases with {partners}", "Liaison officers prepare cases on {goods} with {partners}, down to arrests on the same day.", "Two joint cases."},
		{"{data} shared with {partners}", "Contact points in {partners} send and receive {data} through secure channels.", "Contact points that answer within two days."},
		{"Controls at source with {partners}", "Services of {partners} learn to act on {goods} before they reach the Union.", "Hits at source."},
	},
}

// about puts the words of the crime in the places of a text.
func (c crime) about(text, area string) string {
	return strings.NewReplacer(
		"{networks}", c.networks, "{goods}", c.goods, "{hub}", c.hub, "{online}", c.online, "{data}", c.data, "{document}", c.document,
		"{money}", c.money, "{sector}", c.sector, "{public}", c.public, "{skill}", c.skill, "{area}", area,
		"{partners}", strings.Join(c.partners, " and "),
	).Replace(text)
}

// sentence begins with a capital.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
