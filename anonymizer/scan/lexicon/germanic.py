"""More of what German, Dutch and Swedish systems call personal data, and what Danish and Norwegian ones do."""

from __future__ import annotations

STRONG: dict[str, str] = {
    "name": """
        vollname vollstandigername vorundzuname anzeigename namensteil nachnamevorname vornamenachname ledigname
        madchenname kontaktname patientenname mitarbeitername schulername kindname versicherter versicherungsnehmer
        halter fahrzeughalter mietername vermieter erziehungsberechtigter erziehungsberechtigte sorgeberechtigter
        notfallkontakt hausarzt behandelnderarzt arztname unterzeichner bestellername bestatter angehoriger
        nachstangehoriger kontaktpersonname lehrername kassierername fahrername titelname rechnungsempfanger
        geburtsnamen empfangsberechtigter namenspatron mandantname zeuge ansprechperson ansprechpartnername voornamen
        achternamen familienaam geboortenaam weergavenaam contactpersoon contactnaam patientnaam naampatient naamcontact
        naamouder naamkind aanhefnaam huisarts behandelaarnaam kaarthouder naamrekeninghouder ouderverzorger verzorger
        noodcontact medewerkernaam partnernaam naamhouder verzekerde verzekeringnemer fornamnefternamn helnamn
        visningsnamn kontaktnamn fodelsenamn anhorig narmasteanhorig vardnadshavare malsman innehavare kortinnehavare
        kontoinnehavare patientnamn elevnamn lakare behandlandelakare handlaggarnamn fornavn efternavn mellemnavn
        mellomnavn etternavn fuldenavn fulltnavn kaldenavn pigenavn pikenavn kontaktnavn kundenavn parorende
        narmestepararende verge foresatt foresatte foraeldre kortholder kontohaver visningsnavn patientnavn elevnavn
        laege lege fastlege praktiserendelaege
    """,
    "email": """
        mailadr emailadr mailprivat emailprivat mailgeschaftlich emailgeschaftlich kontaktmail epostadr epostprivat
        mailadresprive emailprive mailadressprivat epostadresse mailadressen epostadressen emailkontakt
    """,
    "phone": """
        telefonprivat telefongeschaftlich telprivat teldienst telgesch mobilprivat mobiltel handynr rufnr telefonmobil
        telefonfestnetz telefonzentrale durchwahl notfallnummer notfalltelefon ruckrufnummer telefax faxnr telefoonprive
        telefoonmobiel telefoonwerk telefoonthuis mobieltelefoon mobieltje noodnummer doorkiesnummer gsmnr telnummer
        mobielnr mobiltelefon mobiltelefonnummer telefonhem telefonarbete arbetstelefon telefonbostad mobilnummer
        riktnummer telefonnr mobiltlf tlfnr tlfmobil telefonnumer tlfprivat tlfarbejde tlfarbeid mobilnr
    """,
    "street": """
        strassehausnummer strassenr strassehausnr strname hausnrzusatz adrzusatz wohnanschrift meldeadresse
        postanschrift privatanschrift privatadresse heimatadresse besucheradresse einsatzort wohnungsnummer turnummer
        postfach adresse1 adresse2 anschriftzeile adressezusatz lieferstrasse rechnungsstrasse straatnaamhuisnummer
        huisnummertoevoeging huisletter bezoekadres postadres woonadres afleveradres factuuradres postbus verblijfadres
        thuisadres adresregel adresregel1 bezorgadres gatuadr postadress hemadress bostadsadress besoksadress
        leveransadress faktureringsadress lagenhetsnummer portkodsadress careofadress vagnamn vejnavn veinavn gatenavn
        gateadresse husnr husnummer postadresse hjemmeadresse bostedsadresse leveringsadresse fakturaadresse bopael
        bopaelsadresse etagedor adresselinje dornr folkeregisteradresse bolignummer
    """,
    "city": """
        wohnortname geburtsstadt gemeinde wohngemeinde heimatort stadtteil gemeentenaam woongemeente gemeente
        geboortestad hemort hemkommun fodelsestad bostadskommun bopaelskommune poststed postdistrikt fodested fodeby
        hjemsted bosted kommunenavn
    """,
    "postcode": "postlz plznr plzort postcodecijfers postkod postnum",
    "coordinates": "geokoordinaten standort gpskoordinaten koordinaten koordinater gpsstandort locatiegps",
    "birth_date": """
        gebdat gebdatum gebdt gebtag geborenam gebjahr geburtsdat geburtsmonat gbdat jahrgang gebdatumkind geboren
        gebdtm geboortedat geborenop fodelsedat foddatum fodelsetid fodelsemanad personfodelse fodselsdato fodselsdag
        fodselsar fodt fodtdato fodedato
    """,
    "card": """
        kreditkartennr kartennr eckartennummer kaartnr betaalkaart kortnr kontokortnummer kredittkort kreditkort
    """,
    "iban": "ibannr ibankonto bankverbindung kontoiban rekeningiban",
    "account": """
        hsaid kdnr kundenid kundennum mitgliedsnr mitgliednr persnr personalid personaln mitarbeiternr mitarbeiternummer
        mitarbeiterid patientennummer patientennr patientenid fallnummer versicherungsnr versicherungsscheinnummer
        versichertennummer vsnr policennummer policenr matrikelnr matrnr schulernummer vertragsnummer vertragskonto
        vertragskontonummer zahlernummer zaehlernummer zahlernr kontonum bankkontonummer depotnummer mandatsreferenz
        kundenkartennummer bonuskarte bonusnummer ausweisnr buchungskonto stammnummer klantnr klantcode relatienummer
        lidnr patientnummer polisnummer polisnr verzekerdennummer personeelsnr medewerkernummer medewerkersnummer
        studentnr leerlingnummer meternummer debiteurnummer debiteurennummer kundnr kundid medlemsnr anstallningsnummer
        anstnr patientnr journalnummer forsakringsnummer elevnummer studentnummer matarnummer anlaggningsid plusgiro
        bankgironummer kontonr clearingnummer kundenummer kundenr medlemsnummer medarbejdernummer ansattnummer ansattnr
        medarbeidernummer elevnr studienummer polisenummer forsikringsnummer registreringsnrkonto kontonummer
        malernummer journalnr
    """,
    "national_id": """
        steueridnr steuernr steueridentnr idnr ustidnr ustnr svnr sozversnr sozialversnr rvnr rvnummer krankenversnr
        kvnr kvnummer krankenversichertennummer ahvnummer ahvnr passnr reisepassnr personalausweisnr persoausweis
        fuhrerscheinnr fuhrerschein aufenthaltstitel aufenthaltstitelnummer handelsregisternummer lanr arztnummer
        bsnnummer bsnnr burgerservicenr paspoortnr paspoort rijbewijs rijbewijsnr identiteitsnummer idkaartnummer
        kvknummer btwnummer btwnr insz rijksregisternr vreemdelingennummer bignummer agbcode personnr persnummer orgnr
        organisationsnr korkort korkortsnr idkortsnummer lmanummer cprnr personnummer fodselsnr dnummer fodselsnummer11
        kjorekort forerkortnummer forerkort kortekortnummer korekort korekortnummer sundhedskort cvrnummer orgnummer
        passnummer hprnummer
    """,
    "ip": "ipadr ipnummer ipadresser klientip",
    "url": """
        profilbild bildurl passbild passbildurl profilfoto pasfoto profielfoto fotourl profilbillede profilbilde
        lichtbildurl
    """,
    "username": """
        benutzer benutzerkonto benutzerkennung kennung nutzerkennung anmeldekennung loginkennung spitzname gebruiker
        gebruikersnaamlogin inlognaam schermnaam bijnaam anvandarid anvandare inloggningsnamn brugernavn brugerid
        brukernavn brukerid brugernavnlogin innloggingsnavn smeknamn
    """,
    "secret": """
        schlusselnummer wlanschlussel nyckelkod nyckelnummer sleutelnummer nogleboks passworthash kennworthash
        zugangscode zugangsdaten zugangstoken sicherheitscode sicherheitsantwort geheimzahl pinnummer einmalpasswort
        wiederherstellungscode turcode schlusselcode wlanpasswort geheimfrage geheimantwort wachtwoordhash toegangscode
        beveiligingsvraag beveiligingscode geheimevraag eenmaligwachtwoord sleutelcode losenordshash kodord portkod
        sakerhetsfraga engangskod sakerhetskod adgangskode adgangskodehash passord passordhash engangskode
        sikkerhedskode sikkerhetskode dorkode portkode nokkelkode
    """,
    "device": "geratekennung gerateid seriennummergerat apparaatid apparaatnummer enhetsid enhedsid",
    "plate": """
        kfzkennzeichen amtlicheskennzeichen fahrzeugkennzeichen fgstnr fahrgestellnr fahrzeugidentnummer autokennzeichen
        kentekennummer chassisnr autokenteken kentekenplaat regskylt registreringsskylt bilnummer chassinummer
        registreringsnr nummerplade nummerskilt stelnummer kjennemerke understellsnummer kjoretoyregnr
    """,
    "company": """
        firmenbezeichnung firmierung arbeitsstatte betriebsname arbeitgebername dienstgeber firmanaam werkgeversnaam
        organisatienaam arbetsplats bolagsnamn firmanavn arbejdsgiver arbejdsplads arbeidsgiver arbeidsplass
        virksomhedsnavn bedriftsnavn firmanamn
    """,
    "attribute": """
        wirkstoff dosis kostentrager kostentraeger essensplan diat patientenverfugung akademischergrad titelvorne
        titelhinten ernahrung sehhilfe brille aarsag sjukdagar sjukskrivning facklig fackligtillhorighet brutto netto
        personenzahl haushaltsgrosse haustiere haustier krankentage ledsagerkort sygedage sykedager sygemelding
        sykmelding sygdomsarsag antalpersoner huisdieren aantalpersonen krankenversicherung krankenversicherer
        pflegekasse zorgverzekeraar glaubensbekenntnis religionszugehorig familienstatus anzahlkinder kinderanzahl
        kinderzahl schwerbehindertengrad behinderungsgrad behinderung pflegegrad pflegestufe krankheiten vorerkrankungen
        vorerkrankung medikation medikamente allergien impfstatus impfungen impfung befund schwangerschaft raucher
        raucherstatus korpergewicht korpergrosse gewichtkg grossecm blutdruck blutzucker jahresgehalt monatsgehalt
        stundenlohn bruttolohn nettolohn jahresbrutto monatsbrutto haushaltseinkommen nettoeinkommen steuerklassenr
        kinderfreibetrag kirchensteuer kirchensteuerpflicht entgeltgruppe besoldungsgruppe gewerkschaft
        gewerkschaftsmitglied parteizugehorigkeit sexuelleorientierung herkunft migrationshintergrund nationalitaet
        geburtsland muttersprache krankmeldung krankheitstage fehltage bonitat schufascore schufa sozialleistungen
        vorstrafen augenfarbe haarfarbe krankenkassenart versicherungsstatus leistungsbewertung burgerstaat
        gezinssamenstelling aantalkinderen geloof godsdienst religie afkomst etniciteit geboorteland bloedgroep
        bloeddruk allergieen ziekte ziekten aandoening aandoeningen medicatie medicijnen handicap beperking zwanger
        zwangerschap rookt roker uurloon brutoloon nettoloon brutosalaris nettosalaris jaarinkomen maandinkomen vakbond
        lidmaatschapvakbond seksuelegeaardheid verzuimreden ziekmelding ziekteverzuim zorgzwaarte loonschaal uitkering
        strafblad juridisktkon trossamfund religionstillhorighet etnicitet fodelseland modersmal blodgrupp allergier
        sjukdom sjukdomar diagnoskod medicinering mediciner lakemedel funktionsnedsattning graviditet gravid rokare
        rokvanor blodtryck manadslon arslon timlon bruttolon nettolon arsinkomst fackforbund fackmedlem sjukfranvaro
        sjukskriven sexuelllaggning brottsregister antalbarn civilstatus koen kjonn statsborgerskab statsborgerskap
        nationalitet nasjonalitet aegteskabeligstatus sivilstatus sivilstand antalborn antallbarn blodtype sygdom
        sygdomme sykdom sykdommer medisiner allergi royker ryger lonn maanedslon manedslonn arslonn arsinntekt inntekt
        indkomst arsindkomst fagforening trossamfunn etnisitet fodeland morsmal sygefravaer sykefravaer handicapgrad
        uforegrad straffeattest alder
    """,
    "text": """
        freitext interneanmerkung internenotiz vermerk vermerke aktennotiz gesprachsnotiz gesprachsprotokoll
        verlaufsnotiz arztbrief behandlungsverlauf lieferhinweis liefernotiz zustellhinweis kundennotiz kundenbemerkung
        hinweistext unfallbeschreibung schadensbeschreibung schadenhergang motivationsschreiben anschreiben ruckmeldung
        beschwerdetext diagnosetext befundtext beratungsnotiz rezension bewertungstext vrijetekst interneopmerking
        interneaantekening aantekening aantekeningen gespreksnotitie gespreksverslag verslag klachtomschrijving klacht
        behandelverslag bezorginstructie bezorgopmerking motivatiebrief fritext internanteckning journalanteckning
        journaltext klagomal leveransinstruktion samtalsanteckning personligtbrev omdome ovrigt fritekst bemaerkning
        bemaerkninger merknad merknader notat notater journalnotat beskeder kommentarfelt klage leveringsinstruks
        motiveretansogning ansogningstekst soknadstekst
    """,
    "binary": """
        unterschriftbild fingerabdruck fingerabdrucke gesichtsscan handtekeningafbeelding vingerafdruk underskrift
        fingeravtryck fingeraftryk fingeravtrykk signaturbild
    """,
}

WEAK: dict[str, str] = {
    "name": """
        navn arzt arztin patient patientin schuler schulerin lehrer lehrerin fahrer fahrerin mieter vermieterin
        eigentumer besitzer zeugin anwalt rechtsanwalt notar vater mutter kind eltern ehepartner ehemann ehefrau
        lebenspartner autor verfasser melder besteller kaufer verkaufer gast reisender teilnehmer referent antragsteller
        unterzeichneter trainer betreuerin vertreter kollege kassierer spieler pate arts patiente leerling docent leraar
        bestuurder huurder verhuurder eigenaar getuige advocaat notaris vader moeder ouder echtgenoot echtgenote auteur
        koper verkoper reiziger deelnemer spreker aanvrager chauffeur verzender elev larare forare hyresgast hyresvard
        agare vittne advokat pappa mamma foralder make maka forfattare anmalare bestallare kopare saljare resenar
        deltagare talare sokande passagerare laerer forer chauffor lejer udlejer ejer leietaker eier vidne vitne
        forelder far mor barn aegtefaelle ektefelle forfatter anmelder deltager deltaker ansoger soker sjafor
    """,
    "actor": """
        angelegtvon erfasstvon gepruftvon freigegebenvon ersteller prufer erfasser sachbearbeiterin disponent
        opgesteldvoor ingevoerddoor goedgekeurddoor registreradav godkandav uppdateradav oprettetaf endretav opprettetav
        sagsbehandler saksbehandler
    """,
    "street": "anschriften lieferort abholort zielort bezoek sted bolig opgang stockwerk etage vej",
    "city": "ortsname bezirk landkreis deelgemeente provincie tatort stadsdel sogn fylke bydel",
    "text": """
        begrundung beschreibung schilderung hergang auskunft erganzung toelichtingen omschrijving reden beskrivning
        orsak grunn begrundelse beskrivelse arsag reactie besked melding meldinger
    """,
    "attribute": """
        gewicht grosse lange vikt befinden leistung note noten karakter cijfer betyg gdb medikament puls tarifgruppe
        partei lengte indicatie langd lonegrad medicin hojde hoyde vaegt vekt
    """,
    "username": "benutzerid gebruikerid kontoname",
    "account": """
        akte aktenzeichen vorgangsnummer dossiernummer zaaknummer arendenummer sagsnummer saksnummer vertrag knr
    """,
    "national_id": "ausweisdokument legitimation legitimatie identitetshandling ahv kvk rrn fnr dnr cvr",
    "company": """
        dienststelle schule hochschule organisatie instelling school skola skole klinik vereniging verein betrieb
        onderneming foretaget bolag virksomhed
    """,
}
