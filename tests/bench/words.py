"""The words of which the generated customers are made; nobody of that name is meant."""

FIRST_NAMES = (
    "Katrin", "Jürgen", "María", "José", "João", "Zoë", "Łukasz", "Søren", "Anna", "Ben", "Clara", "David", "Elif",
    "Felix", "Greta", "Hugo", "Ines", "Jonas", "Kofi", "Lena", "Mateo", "Nina", "Omar", "Paula", "Quentin", "Rosa",
    "Sofia", "Tomás", "Ulla", "Viktor", "Wanda", "Xenia", "Yusuf", "Zeynep", "Aiko", "Björn", "Chloé", "Dmitri",
    "Eva", "François",
)  # fmt: skip
LAST_NAMES = (
    "Behrens", "Müller", "García", "Ferreira", "Nowak", "Øster", "Smith", "Okafor", "Lindqvist", "Costa", "Raman",
    "Albrecht", "Dubois", "Rossi", "Kowalski", "Jansen", "Novák", "Popescu", "Silva", "Weber", "Wagner", "Becker",
    "Hoffmann", "Koch", "Richter", "Klein", "Wolf", "Schröder", "Neumann", "Schwarz", "Zimmermann", "Braun", "Krüger",
    "Hartmann", "Lange", "Schmitt", "Werner", "Krause", "Meier", "Lehmann", "Huber", "Kaiser", "Fuchs", "Peters",
    "Lang", "Scholz", "Möller", "Weiß", "Jung", "Hahn", "Vogel", "Friedrich", "Keller", "Günther", "Frank", "Berger",
    "Winkler", "Roth", "Beck", "Lorenz",
)  # fmt: skip
COMPANY_WORDS = (
    "Nordwind", "Alpen", "Hafen", "Brückner", "Sonnen", "Kranich", "Linden", "Falken", "Silber", "Atlas", "Delta",
    "Iberia", "Lusitania", "Baltic", "Rhein", "Donau", "Elbe", "Vista", "Terra", "Nova", "Aqua", "Ferro", "Kappa",
    "Orion", "Polar", "Quarz", "Sigma", "Tango", "Umbra", "Zenit",
)  # fmt: skip
COMPANY_TRADES = (
    "Kaffee", "Logistik", "Maschinen", "Medical", "Print", "Software", "Textil", "Foods", "Bau", "Energie", "Optik",
    "Travel", "Papier", "Metall", "Garten",
)  # fmt: skip
COMPANY_FORMS = ("GmbH", "AG", "Lda.", "S.L.", "Ltd", "SARL", "KG", "Oy")
INDUSTRIES = (
    "Hospitality", "Logistics", "Manufacturing", "Healthcare", "Printing", "Software", "Textiles", "Food", "Building",
    "Energy", "Optics", "Travel", "Paper", "Metal", "Retail", "Education",
)  # fmt: skip
MAIL_HOSTS = ("gmail.com", "gmx.de", "outlook.com", "proton.me", "nordmail.example", "sued.example", "posta.example")
PLACES = (
    ("Hamburg", "20095", "DE"), ("München", "80331", "DE"), ("Köln", "50667", "DE"), ("Lisboa", "1100-148", "PT"),
    ("Porto", "4000-322", "PT"), ("Madrid", "28013", "ES"), ("Sevilla", "41001", "ES"), ("Lyon", "69002", "FR"),
    ("Gdańsk", "80-831", "PL"), ("Århus", "8000", "DK"), ("Leeds", "LS1 4AP", "GB"), ("Wien", "1010", "AT"),
)  # fmt: skip
STREETS = ("Hauptstraße", "Rua Augusta", "Calle Mayor", "Rue Neuve", "High Street", "Lindenallee", "Am Markt")
LANGUAGES = ("de", "de", "de", "en", "en", "pt", "es", "fr")
JOB_TITLES = (
    "Owner",
    "Buyer",
    "Head of service",
    "Accountant",
    "Assistant",
    "Technician",
    "Director",
    "Office manager",
)
DEPARTMENTS = ("Purchasing", "Service", "Finance", "Management")
DESCRIPTIONS = (
    "Met at the trade fair; wants an offer for the second site before the end of the quarter.",
    "Pays by invoice only. Deliveries before ten, please: the yard is closed afterwards.",
    "Uses three machines of the older series and thinks about replacing them next year.",
)
