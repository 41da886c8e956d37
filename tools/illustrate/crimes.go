package main

import "github.com/policycycle/policycycle/policy"

// crime holds the words of a crime area.
type crime struct {
	networks string // who does it
	goods    string // what they deal in
	hub      string // where it passes
	online   string // where it is found online
	data     string // what is known and compared
	document string // which papers are forged or abused
	money    string // how it pays
	sector   string // whose help prevents it
	public   string // who is at risk or is asked to help
	skill    string // what investigators learn
	partners []string
	core     []policy.Body // States that it touches most
	agency   policy.Body   // that knows it best
	// indicator is what its operations are measured by, besides others.
	indicator string
	target    int64
}

// part names the nth part of a crime area: no two actions of one kind in an OAP are about the
// same.
func (c crime) part(area string, n int) string {
	parts := []string{"", c.hub, c.online, c.goods, c.sector, c.document, c.money, c.public, c.networks, c.data}
	if n%len(parts) == 0 {
		return area
	}
	return area + ": " + c.about(parts[n%len(parts)], area)
}

func states(codes ...policy.Body) []policy.Body { return codes }

// crimes holds the crime areas by the key of their OAP.
var crimes = map[string]crime{
	"west-african-groups": {
		networks: "West African networks", goods: "cocaine and heroin", hub: "airports with flights from West Africa", online: "job offers to couriers",
		data: "data on couriers and tickets", document: "residence permits in other names", money: "money transfers through kiosks", sector: "airlines",
		public: "possible couriers", skill: "interviewing couriers", partners: []string{"Ghana", "Senegal"}, core: states("fr", "es", "nl", "pt"),
		agency: policy.EUDA, indicator: "drugs-seized", target: 400,
	},
	"western-balkans": {
		networks: "networks in the Western Balkans", goods: "heroin and stolen vehicles", hub: "the land borders with the Western Balkans",
		online: "markets for vehicle parts",
		data:   "data on crossings and vehicles", document: "forged vehicle papers", money: "cash carried in coaches", sector: "coach and haulage companies",
		public: "drivers and travellers", skill: "searching lorries and coaches", partners: []string{"Serbia", "Albania"}, core: states("it", "at", "si", "hu"),
		agency: policy.Frontex, indicator: "vehicles-recovered", target: 120,
	},
	"illicit-goods": {
		networks: "networks that use containers", goods: "counterfeit goods and cigarettes in containers", hub: "the large container ports",
		online: "freight exchanges",
		data:   "container and bill of lading data", document: "false bills of lading", money: "trade at false prices", sector: "terminal operators",
		public: "port workers", skill: "reading shipping documents", partners: []string{"Morocco", "Turkey"}, core: states("es", "nl", "be", "de"),
		agency: policy.OLAF, indicator: "goods-seized", target: 250_000,
	},
	"cybercrime": {
		networks: "groups that attack computers", goods: "stolen card data and malware", hub: "hosting services", online: "criminal web forums",
		data: "samples of malware and traffic data", document: "copies of identity cards used to open accounts", money: "money mules",
		sector: "banks and service providers",
		public: "users of online banking", skill: "securing digital evidence", partners: []string{"Ukraine", "Moldova"}, core: states("ro", "nl", "de", "ee"),
		agency: policy.Eurojust, indicator: "servers-seized", target: 15,
	},
	"high-risk-criminal-networks": {
		networks: "networks that use violence and corruption", goods: "services for other criminals", hub: "ports and logistics parks",
		online: "encrypted services made for criminals",
		data:   "data on network members and their contacts", document: "passports obtained by fraud", money: "investments in property and catering",
		sector: "notaries and estate agents",
		public: "owners of small businesses", skill: "mapping networks", partners: []string{"Albania", "Serbia"}, core: states("it", "fr", "de", "nl"),
		agency: policy.Eurojust, indicator: "networks-disrupted", target: 4,
	},
	"cyber-attacks": {
		networks: "groups that spread ransomware", goods: "stolen access and malware", hub: "hosting services that ask no questions",
		online: "forums that sell access",
		data:   "samples of malware and traces in blockchains", document: "identity papers used to open accounts", money: "ransoms in crypto-assets",
		sector: "operators of hospitals and utilities",
		public: "small companies", skill: "tracing crypto-assets", partners: []string{"Ukraine", "Georgia"}, core: states("nl", "de", "fr", "ro"),
		agency: policy.Eurojust, indicator: "servers-seized", target: 25,
	},
	"trafficking-in-human-beings": {
		networks: "networks that exploit people", goods: "forced labour and sexual exploitation", hub: "work places in farming, building and nail studios",
		online: "advertisements for escorts and jobs",
		data:   "data on recruiters and routes", document: "false work contracts", money: "wages kept from victims", sector: "labour inspectorates and employers",
		public: "people recruited for work abroad", skill: "interviewing victims", partners: []string{"Moldova", "Nigeria"}, core: states("nl", "ro", "bg", "es"),
		agency: policy.Eurojust, indicator: "victims-identified", target: 60,
	},
	"child-sexual-exploitation": {
		networks: "offenders who abuse children online", goods: "images of abuse", hub: "file-hosting services", online: "closed groups and live streams",
		data: "image hashes and user names", document: "false papers of travelling offenders", money: "payments for live streams",
		sector: "platforms and hosting services",
		public: "children and their parents", skill: "identifying victims in images", partners: []string{"the Philippines", "Moldova"}, core: states("se",
			"de", "nl", "es"),
		agency: policy.Eurojust, indicator: "victims-identified", target: 35,
	},
	"migrant-smuggling": {
		networks: "networks that smuggle migrants", goods: "passages in lorries and small boats", hub: "the routes through the Balkans and across the sea",
		online: "smugglers' channels in social media",
		data:   "telephone numbers and boat data", document: "look-alike passports and visas", money: "informal money transfer", sector: "hauliers and boat dealers",
		public: "young people asked to drive", skill: "debriefing and early evidence", partners: []string{"Bosnia and Herzegovina", "Tunisia"},
		core:   states("at", "it", "el", "hu"),
		agency: policy.Frontex, indicator: "smugglers-arrested", target: 45,
	},
	"cannabis-cocaine-heroin": {
		networks: "networks that import cocaine", goods: "cocaine, cannabis and heroin", hub: "container ports", online: "encrypted sales channels",
		data: "container and drug profiling data", document: "false import papers for fruit", money: "cash couriers",
		sector: "terminal operators and fruit importers",
		public: "port workers under pressure", skill: "container profiling", partners: []string{"Colombia", "Ecuador"}, core: states("es", "nl", "be", "pt"),
		agency: policy.EUDA, indicator: "drugs-seized", target: 2400,
	},
	"synthetic-drugs": {
		networks: "producers of synthetic drugs", goods: "amphetamine, MDMA and new substances", hub: "parcel services and chemical stores", online: "web shops",
		data: "drug profiles and precursor orders", document: "false end-use declarations", money: "sales paid online", sector: "chemical companies",
		public: "festival visitors", skill: "entering illegal laboratories", partners: []string{"Ukraine", "Turkey"}, core: states("pl", "nl", "be", "cz"),
		agency: policy.EUDA, indicator: "laboratories-closed", target: 9,
	},
	"online-fraud": {
		networks: "networks that defraud online", goods: "false investments and phishing kits", hub: "call centres", online: "cloned shops and investment sites",
		data: "bank accounts and site addresses", document: "stolen copies of identity papers", money: "mule accounts", sector: "banks and telephone companies",
		public: "older people and online shoppers", skill: "stopping payments in time", partners: []string{"Georgia", "Israel"}, core: states("ie", "de",
			"lv", "fi"),
		agency: policy.Eurojust, indicator: "losses-prevented", target: 1_200_000,
	},
	"excise-fraud": {
		networks: "networks that evade excise", goods: "untaxed cigarettes, alcohol and fuel", hub: "tax warehouses and eastern land borders",
		online: "offers in social media",
		data:   "movements of excise goods", document: "false movement documents", money: "unpaid excise", sector: "tobacco and fuel dealers",
		public: "buyers of cheap tobacco", skill: "finding hidden factories", partners: []string{"Moldova", "Ukraine"}, core: states("lt", "pl", "es", "lv"),
		agency: policy.OLAF, indicator: "goods-seized", target: 900_000,
	},
	"mtic-fraud": {
		networks: "networks that defraud VAT", goods: "phones, vehicles and energy certificates in carousels", hub: "trading companies without premises",
		online: "trading platforms",
		data:   "invoices and payment chains", document: "false proofs of transport", money: "VAT that is never paid", sector: "platforms and freight agents",
		public: "new traders", skill: "analysing payment chains", partners: []string{"Switzerland", "the United Arab Emirates"}, core: states("de", "pt",
			"cz", "hu"),
		agency: policy.EPPO, indicator: "losses-prevented", target: 2_500_000,
	},
	"ip-crime": {
		networks: "networks that sell counterfeits", goods: "counterfeit medicines, toys and spare parts", hub: "postal centres and ports",
		online: "market places and social media shops",
		data:   "labels, seizures and shop addresses", document: "forged certificates of safety", money: "payments to shops that vanish",
		sector: "owners of rights and platforms",
		public: "buyers of medicines online", skill: "recognising counterfeits", partners: []string{"Turkey", "Serbia"}, core: states("pt", "it", "es", "fr"),
		agency: policy.EUIPO, indicator: "goods-seized", target: 140_000,
	},
	"criminal-finances": {
		networks: "launderers who work for other networks", goods: "laundering as a service", hub: "exchange offices and shell companies",
		online: "crypto-asset exchanges without checks",
		data:   "suspicious transaction reports", document: "false invoices and loan contracts", money: "underground banking", sector: "banks and notaries",
		public: "students asked to lend their accounts", skill: "financial investigation", partners: []string{"the United Arab Emirates", "Switzerland"},
		core:   states("fr", "es", "be", "lu"),
		agency: policy.Eurojust, indicator: "assets-confiscated", target: 1_500_000,
	},
	"organised-property-crime": {
		networks: "itinerant groups", goods: "stolen cars, machines and works of art", hub: "motorways and lorry parks", online: "second-hand platforms",
		data: "DNA, tool marks and number plates", document: "forged vehicle papers", money: "sales to receivers abroad",
		sector: "insurers and second-hand dealers",
		public: "older home owners", skill: "linking series of burglaries", partners: []string{"Georgia", "Albania"}, core: states("be", "fr", "lt", "ro"),
		agency: policy.Eurojust, indicator: "vehicles-recovered", target: 150,
	},
	"environmental-crime": {
		networks: "networks that traffic waste and wildlife", goods: "hazardous waste, glass eels and refrigerants",
		hub: "waste transfer sites and airports", online: "trade in protected species online",
		data: "shipment notifications and permits", document: "false waste permits", money: "fees for waste that is dumped",
		sector: "waste carriers and laboratories",
		public: "people who live near dumps", skill: "sampling and proving waste crime", partners: []string{"Morocco", "Serbia"}, core: states("fr", "es",
			"it", "se"),
		agency: policy.Eurojust, indicator: "waste-stopped", target: 1800,
	},
	"firearms": {
		networks: "networks that traffic firearms", goods: "converted alarm weapons and grenades",
		hub: "parcel centres and the borders with the Western Balkans", online: "arms markets in the dark web",
		data: "ballistic data and serial numbers", document: "false deactivation certificates", money: "sales paid in crypto-assets",
		sector: "dealers and parcel companies",
		public: "owners of old weapons", skill: "tracing weapons", partners: []string{"Bosnia and Herzegovina", "North Macedonia"}, core: states("es", "fr",
			"de", "hr"),
		agency: policy.Eurojust, indicator: "weapons-seized", target: 55,
	},
	"firearms-and-explosives": {
		networks: "networks that traffic weapons and explosives", goods: "converted weapons, pyrotechnics and grenades",
		hub: "parcel centres and land borders", online: "manuals and markets for printed weapons",
		data: "ballistic data and traces of explosives", document: "false licences for pyrotechnics", money: "sales paid in crypto-assets",
		sector: "dealers and makers of fireworks",
		public: "owners of old weapons", skill: "tracing weapons and explosives", partners: []string{"Bosnia and Herzegovina", "Ukraine"},
		core:   states("es", "nl", "de", "se"),
		agency: policy.Eurojust, indicator: "weapons-seized", target: 70,
	},
}

// sameCrime names the crime area of OAPs that other cycles call otherwise.
var sameCrime = map[string]string{
	"illegal-immigration": "migrant-smuggling", "human-beings": "trafficking-in-human-beings", "mobile-groups": "organised-property-crime",
	"criminal-networks": "high-risk-criminal-networks", "vat-fraud": "mtic-fraud",
}

// crimeOf gives the words for an OAP.
func crimeOf(oap string) crime {
	if same := sameCrime[oap]; same != "" {
		oap = same
	}
	return crimes[oap]
}
