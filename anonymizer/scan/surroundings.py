"""Words around a kind's own: what turns it into a count or a flag, what is a thing, who is a person."""

from __future__ import annotations

# A word that turns the whole into something about the thing: a count, a flag, a kind, a setting, a time.
NEUTRAL = frozenset(
    """
    pays pais paese land endpoint arn scope scopes validity interval timeout threshold boolean bool flags count counts
    counter total sum length size width height max min avg average rate ratio percent score rank index sort type types
    kind format template layout style theme model version status flag enabled verified valid validated confirmed
    required allowed optional visible hidden public active available supported compatible opt optin optout consent
    subscribed policy at on date time timestamp until since expiry expires expired expiration month year day seconds
    minutes hours ttl method mode channel provider setting settings config configuration preference preferences
    preferred notification notifications frequency category group class level tier priority discount tax fee cost price
    amount currency bonus limit quota rating target lang language locale encoding charset server port host protocol
    prefix suffix pattern regex mask validator rule color colour case icon brand country region source origin field
    column schema hint placeholder mandatory sent received opened clicked bounced bounce bounces delivered campaign
    relationship permission role algorithm strength attempts anzahl typ art bestatigt bestaetigt verifiziert aktiv
    pflicht vorlage erforderlich gepruft anz verifie verifiee valide actif modele obligatoire creation creacion
    creazione tipo verificado verificada activo activa cantidad plantilla obligatorio modelo ativo quantidade verificato
    attivo quantita obbligatorio conteggio aantal soort geverifieerd actief verplicht bevestigd sjabloon liczba ilosc
    rodzaj zweryfikowany aktywny wymagany szablon domain domaine dominio domein domena doman sha sha1 commit serial bic
    swift blz bankname firmware checksum etag hash digest sha256 md5 crc sku ean gtin upc isbn asin barcode slug code
    codes title headline summary bezeichnung designation antal verifierad obligatorisk mall bekraftad
    """.split()
)

# Neutral words that, before a kind's own, only say which one it is: `verified_email`, `preferred_name`, `source_ip`.
WHICH = frozenset(
    """
    verified confirmed valid validated preferred public active visible hidden source origin optional required allowed
    notification provider host bounced received sent opened subscribed target class tax campaign settings config
    discount region country group status level
    """.split()
)

# Neutral words that turn what follows them, as heads of names do in languages that put them first, and counts.
FIRST = frozenset(
    """
    count counts counter total sum max min avg average rate ratio percent type types typ tipo art soort rodzaj anzahl
    anz cantidad quantidade quantita conteggio aantal liczba ilosc antal template plantilla modele vorlage szablon
    sjabloon mall domain domaine dominio domein domena consent optin optout validator regex mask pattern enabled allow
    require show hide boolean bool flag flags hash status statut stato etat estado server smtp port format layout expiry
    expires date time month score limit quota prefix suffix policy version minimum maximum
    """.split()
)

# What has a name, an address, a city or a text without being a person.
THINGS = frozenset(
    """
    loyalty points credits stars likes clicks views visits followers quantity list page faktury symbol castka logo
    bestell auftrag tracking takip kargo sendung vorgang befattning track attachment attachments upload media blob
    bucket worker thread ping probe revenue turnover sales profit margin order orders invoice invoices pedido pedidos
    bestellung rechnung commande facture ordine fattura fatura bestelling factuur zamowienie faktura product products
    item items article goods thing things category categories brand manufacturer model plan tier feature event events
    class table column field file files folder directory image icon template theme host server service services domain
    app application module job queue topic project repository repo branch tag tags label role roles group permission
    channel campaign segment store shop warehouse depot venue hotel restaurant airport station country region currency
    language course book movie song album game level color size unit variant attribute option metric sensor machine
    engine robot bank merchant database collection schema index key cluster node zone container pod stack environment
    config setting variable parameter function method operation action activity browser os platform device memory
    pointer network interface font screen view menu button form widget layout report dashboard rule workflow step stage
    status type catalog inventory sku listing amenities property genre ingredient recipe dish faq help blog news release
    version error produkt produkte artikel ware datei ordner kategorie marke hersteller lager filiale halle ereignis
    gerat maschine spalte tabelle rolle gruppe farbe sorte produit produits fichier categorie marque fabricant magasin
    entrepot evenement appareil colonne couleur boutique producto productos archivo fichero carpeta categoria marca
    fabricante tienda almacen evento dispositivo maquina columna prodotto prodotti negozio magazzino macchina colonna
    colore articolo producten bestand bestands map merk fabrikant winkel magazijn apparaat kolom kleur produto produtos
    arquivo ficheiro pasta loja armazem aparelho coluna cor produktu produkty plik pliku pliki folderu kategoria marka
    producent sklep magazyn wydarzenie urzadzenie kolumna kolor towar towaru produkter fil filer mapp kategori
    tillverkare butik handelse enhet maskin kolumn farg vara varor courses lesson chapter section exam subject semester
    curriculum program programme degree lecture room rooms floor area district route flight train bus ship vessel
    aircraft gate terminal port stop vehicle truck car fleet tire spare part parts material asset assets equipment tool
    shelf bin aisle carrier lane tariff rate offer coupon voucher promo promotion deal ad ads banner audience brief
    draft keyword paragraph sentence word translation locale string dataset cell sheet chart graph axis alert alarm
    severity sprint epic milestone build commit suite task process pipeline script command endpoint api header space
    office department division factory plant site farm crop animal pet dog breed species lab workout nutrition season
    league tournament stadium sport vare varer produktnavn afdeling avdeling fag kursus kurs lokale rum fartoj skib
    tuote tuotteet osasto luokka kurssi huone laite tiedosto urun urunler dosya bolum sube depo ders cihaz produk barang
    toko gudang berkas kelas ruang alat mesin merek vyrobek zbozi soubor sklad predmet trida pobocka zarizeni termek
    fajl raktar osztaly targy terem keszulek produs produse fisier depozit magazin sectie curs materie sala dispozitiv
    matiere cours salle asignatura curso aula habitacion vuelo corso disciplina turma voo vak kamer vlucht zimmer flug
    abteilung fach line query
    """.split()
)

# Words for persons that programs, trees and networks have as well.
ROLES_OF_THINGS = frozenset("parent child children driver executor broker client agent partner member user".split())

# What persons and things have alike: it is a person's where no thing stands beside it.
OF_ANYTHING = frozenset("displayname fullname legalname commonname sortname formername shortname".split())

# Words that mean something else together.
PHRASES = frozenset(
    """
    nexttoken pagetoken resumetoken synctoken requesttoken continuationtoken designtoken clienttoken idempotencytoken
    cellvalue cellid cellrange celltype cellcount gridcell solarcell batterycell zipfile ziparchive addressbook
    namespace mailserver mailhost emailserver phonemodel phonebrand streetview cityguide notebook commenthtmlid
    messageid messagetype messagetemplate errormessage successmessage warningmessage statusmessageid welcomemessage
    validationmessage logmessage messagequeue messagebroker commitmessage exceptionmessage releasenotes patientcount
    publickeyid userstory usercase usermanual userinterface usergroup userrole userlevel usertype usercount
    clientversion clientapp clienttype memberof addressspace memoryaddress baseaddress namedquery pinboard pinned
    signaturealgorithm signaturetype signatureversion heartbeat agegroup ageclass agerating agelimit minage maxage
    cacheage maxagedays screenorientation pageorientation lineheight rowheight imageheight imagewidth fontweight
    lineweight netweight grossweight packageweight shippingweight productweight itemweight raceid racename conditioncode
    itemcondition productcondition weathercondition termsandconditions termsconditions healthcheck servicehealth
    systemhealth healthscore clusterhealth passrate passfail passcount keyname keyid keytype keysize primarykey
    foreignkey partitionkey sortkey cachekey objectkey translationkey questiontext questiontitle answeroptions
    photocount cookiepolicy cookieconsent cookiename cookiedomain sessiontimeout sessiontype tokentype tokenlimit
    tokencount maxtokens prompttokens completiontokens totaltokens birthcount birthrate hostname documentname
    nomdocument nombredocumento namedocument nomedocumento sexappeal agefrom ageto partyname partysize ipcam ipcammodel
    objectkeyname mapkey sortkeyname apikeyname keycount politicalregion driverversion drivertype
    """.split()
)

# Things that have an address without having a place of their own: it is that of whom they go to.
ORDERS = frozenset(
    """
    order orders invoice invoices pedido pedidos bestellung rechnung commande facture ordine fattura fatura bestelling
    factuur zamowienie faktura job ticket event
    """.split()
)

# What is a person, or holds what belongs to one: a weak word beneath it means what it says.
PERSONS = frozenset(
    """
    accused panelist panel convict offender person persons people customer customers client clients contact contacts
    user users member members employee employees staff patient patients student students teacher guest guests passenger
    passengers subscriber subscribers applicant applicants candidate candidates tenant owner owners author spouse
    partner parent child children father mother doctor physician nurse beneficiary recipient sender buyer seller payer
    payee holder driver insured borrower donor profile profiles lead leads shipping billing delivery emergency resident
    voter participant participants attendee attendees reviewer signatory kin sibling traveller visitor kunde kunden
    benutzer nutzer mitarbeiter patienten mitglied mitglieder ansprechpartner empfanger absender mieter schuler
    teilnehmer versicherte utilisateur utilisateurs adherent adherents membre membres employe employes eleve eleves
    conjoint salarie locataire destinataire personne personnes persona personas cliente clientes usuario usuarios
    empleado empleados paciente pacientes alumno alumnos miembro conyuge clienti utente utenti dipendente dipendenti
    paziente pazienti studente studenti coniuge klant klanten gebruiker gebruikers medewerker medewerkers lid leden
    bewoner bewoners leerling contactpersoon utilizador funcionario funcionarios aluno alunos membro pessoa pessoas
    osoba osoby klient klienci uzytkownik uzytkownicy pracownik pracownicy pacjent pacjenci uczen kontakt kund kunder
    anvandare anstalld anstallda patienter elev elever medlem medlemmar personer teachers instructor instructors
    professor tutor mentor coach trainer trainers lecturer guardian guardians carer caregiver husband wife son daughter
    brother sister relative relatives dependant dependent dependents household landlord lessee lessor occupant
    proprietor shareholder shareholders director directors founder trustee signer signers signee witness witnesses
    claimant claimants policyholder policyholders insurer plaintiff defendant lawyer attorney judge notary victim
    suspect inmate prisoner officer agent agents broker brokers recruiter interviewer referee nominee heir executor
    beneficiaries consignee consignor shipper courier couriers rider riders pilot crew captain skipper cashier waiter
    chef hairdresser stylist therapist therapists dentist surgeon midwife practitioner clinician vet veterinarian farmer
    breeder contractor contractors freelancer volunteer volunteers intern interns trainee supervisor manager managers
    technician engineer speaker speakers presenter organizer organiser hostess player players athlete athletes runner
    swimmer fan follower followers friend friends receiver receivers addressee caller callee correspondent informant
    reporter complainant petitioner respondent survivor deceased bride groom sponsor donors voters citizen citizens
    immigrant refugee pupil pupils learner learners alumni graduate scholar authors writer editor artist musician
    creator commenter poster liker viewer cardholder buyers sellers bidder bidders renter renters hirer booker invitee
    invitees delegate delegates human identity individual individuals personal cosigner guarantor debtor creditor arzt
    lehrer lehrerin fahrer vermieter eigentumer halter inhaber kaufer verkaufer besteller gast gaste reisender
    antragsteller zeuge vater mutter kinder eltern ehepartner angehorige angehoriger vormund betreuer bewohner burger
    wahler spender autor kollege versicherungsnehmer versicherter schuldner glaubiger bewerber medecin etudiant
    etudiants assure assures pere enfant enfants temoin avocat enseignant voyageur conducteur chauffeur proprietaire
    bailleur beneficiaire candidat candidats expediteur titulaire souscripteur abonne abonnes responsable tuteur vendeur
    acheteur auteur invite famille estudiante estudiantes asegurado padre madre hijo hija hijos familiar familiares
    testigo abogado profesor docente huesped invitado viajero conductor propietario arrendador arrendatario inquilino
    beneficiario titular solicitante comprador vendedor remitente destinatario candidato vecino ciudadano interesado
    contacto assicurato genitore figlio figli testimone avvocato insegnante ospite ospiti viaggiatore conducente
    proprietario locatore titolare richiedente acquirente venditore mittente tutore cittadino contatto persone familiare
    estudante segurado pai mae filho filha filhos testemunha advogado hospede viajante motorista passageiro cidadao
    contato contatos responsavel colaborador colaboradores morador dependente dependentes conjuge ouder ouders kinderen
    verzekerde docent leraar huurder verhuurder eigenaar bestuurder getuige reiziger deelnemer aanvrager koper verkoper
    sollicitant verzorger gasten opiekun rodzic rodzice dziecko wlasciciel najemca kierowca swiadek pasazer studenci
    kandydat nadawca odbiorca kupujacy sprzedajacy posiadacz ubezpieczony larare foralder foraldrar vardnadshavare
    forare hyresgast agare vittne resenar deltagare sokande kopare saljare bruker brugere bruger ansat ansatte ansatt
    medarbejder laerer forelder foreldre foraelder pasient pasienter lejer leietaker ejer eier sjafor forer deltager
    deltaker ansoger soker studerende kjoper koeber avsender modtager mottaker parorende medlemmer beboer borger asiakas
    asiakkaat henkilo henkilot kayttaja tyontekija potilas opiskelija oppilas huoltaja jasen vuokralainen omistaja
    kuljettaja matkustaja vastaanottaja lahettaja hakija yhteyshenkilo zakaznik zakaznici uzivatel uzivatele pacient
    pacienti zamestnanec zamestnanci clen clenove ridic najemnik majitel rodic dite prijemce odesilatel ucitel kupujici
    prodavajici pojistenec pojistnik klienti ugyfel ugyfelek felhasznalo paciens beteg dolgozo munkavallalo tanulo
    szemely sofor berlo tulajdonos szulo gyermek cimzett felado vevo elado biztositott musteri musteriler kullanici
    kullanicilar calisan calisanlar personel ogrenci ogrenciler kisi kisiler uye uyeler surucu kiraci veli alici
    gonderen satici yolcu sigortali pelanggan pengguna pasien karyawan pegawai siswa mahasiswa anggota orang pemilik
    penerima pengirim penyewa sopir wali orangtua pembeli penjual penumpang ahliwaris nasabah utilizator utilizatori
    angajat angajati elevi persoana persoane membru membri chirias proprietar parinte copil destinatar expeditor
    cumparator kupac klijent korisnik pacijent zaposlenik ucenik vlasnik vozac roditelj dijete polzovatel polzovateli
    kliyent sotrudnik uchenik pelatis asthenis ypallilos mathitis nextkin kins
    """.split()
)

SMALL_WORDS = frozenset(
    """
    a an av da das de del della der des di do dos du e een el het i la las le les los my na och of the van y your z
    """.split()
)

# Heads of compound words, at which German, Dutch and Swedish (and English, now and then) are cut.
HEADS = tuple(
    """
    name naam namn nummer nr adresse adress adres datum strasse straat ort typ art id number address anschrift code
    text mail email telefon phone bezeichnung status datei plats count date
    """.split()
)

# Short forms, and what they stand for; a name is read both ways.
SHORT = dict(
    pair.split("=")
    for pair in """
    dom=domicilio res=residential perm=permanent ac=account nm=name fn=firstname ln=lastname addr=address adr=address
    tel=telephone ph=phone phn=phone tlf=telefono tfno=telefono mob=mobile cel=cell eml=email acct=account acc=account
    emp=employee cust=customer usr=user uname=username pwd=password pw=password psw=password sal=salary gndr=gender
    gend=gender dl=driverslicense lic=license prod=product desc=description typ=type cat=category tmpl=template
    tpl=template flg=flag stat=status cd=code dt=date ts=timestamp amt=amount sec=security bday=birthday bdate=birthdate
    brth=birth birthd=birthday cty=city ctry=country st=state zip5=zip rmk=remark rmks=remarks cmt=comment msg=message
    img=image pic=picture pos=position loc=location org=organization dept=department mgr=manager doc=document cfg=config
    upd=updated crt=created geb=geburts str=strasse kd=kunden kto=konto sv=sozialversicherungs pers=personal cod=codigo
    nac=nacimiento nasc=nascimento ur=urodzenia kom=komorka secu=securite pat=patient stud=student whse=warehouse
    qty=quantity cnt=count lang=language frst=first lst=last mid=middle fst=first
    """.split()
)

# Words that say no more than that something stands there: what it is, the word above says.
GENERIC = frozenset(
    "value val values number no nr num id ids text code data raw full primary main current content name".split()
)

NAMES = frozenset("name nombre nom nome naam navn nama nazwa nazev title type kind tipo typ".split())
YEARS = frozenset(
    "year month day rok annee ano anno jahr jaar yil tahun date datum fecha data dia mes mois monat".split()
)

# Words for a number; `policy_no`, `numero_cuenta` and `kontonr` are found under one form.
NUMBERS = (
    "number",
    "nummer",
    "numero",
    "numer",
    "num",
    "nbr",
    "no",
    "nr",
    "numar",
    "cislo",
    "szam",
    "broj",
    "nomor",
    "nro",
)
