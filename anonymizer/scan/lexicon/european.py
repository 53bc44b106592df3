"""What nine languages (en, de, fr, es, it, nl, pt, pl, sv) call the common kinds of personal data."""

from __future__ import annotations

STRONG: dict[str, str] = {
    "name": """
        firstname lastname fullname surname givenname familyname middlename maidenname nickname birthname legalname
        forename othernames displayname realname personname contactname customername cardholder cardholdername
        accountholder accountholdername recipientname sendername patientname employeename passengername guestname
        beneficiaryname ownername membername studentname authorname fathername mothername spousename holdername vorname
        nachname familienname geburtsname rufname kundenname ansprechpartner kontoinhaber karteninhaber empfangername
        zuname prenom nomfamille nomcomplet nomusage nomnaissance nomjeunefille titulairecompte nomclient apellido
        apellidos nombrecompleto nombrepila primerapellido segundoapellido nombrecliente nombreusuariocompleto cognome
        nomecompleto nomecognome nominativo intestatario voornaam achternaam tussenvoegsel roepnaam volledigenaam
        klantnaam rekeninghouder meisjesnaam sobrenome apelido nomeproprio primeironome ultimonome nomecliente
        titularconta nomemae nomepai imie imiona nazwisko imienazwisko nazwiskopanienskie drugieimie namenszusatz
        voorletters geslachtsnaam initialen creditcardname cardname nextkin kundnamn vorgesetzter legalguardian guardian
        fornamn efternamn fornamnefternamn tilltalsnamn flicknamn mellannamn kontaktperson
    """,
    "email": """
        email emails mail emailaddress mailaddress electronicmail mailadresse emailadresse courriel courriels
        adresseemail adressemail mel correo correoelectronico emailcontacto postaelettronica indirizzoemail mailadres
        emailadres emailaddr correioeletronico correioelectronico enderecoemail adresemail poczta pocztaelektroniczna
        epost epostadress mejl mejladress recoveryemail replyto fromaddress toaddress
    """,
    "phone": """
        phone phones phonenumber telephone telephonenumber mobile mobilephone mobilenumber cell cellphone cellnumber fax
        faxnumber tel telno phoneno landline homephone workphone msisdn whatsapp smsnumber callerid telefon
        telefonnummer telefonnr handy handynummer mobilnummer mobiltelefon rufnummer faxnummer festnetz telefono
        telefonos movil celular numerotelefono telefax portable numtel gsm teleportable cellulare telefonocellulare
        numerocellulare recapitotelefonico telefoonnummer telefoon mobielnummer mobiel gsmnummer telefone telemovel
        telefonefixo numertelefonu telefonkomorkowy komorka nrtelefonu telnr mobilnr hemtelefon
    """,
    "street": """
        street streetaddress streetname addressline addressline1 addressline2 address1 address2 homeaddress
        mailingaddress postaladdress billingaddress shippingaddress deliveryaddress residentialaddress housenumber
        housename apartmentnumber aptnumber pobox addressstreet addresstext fulladdress strasse strassenname hausnummer
        hausnr anschrift lieferanschrift rechnungsanschrift adresszusatz wohnadresse rue voie numerorue adressepostale
        complementadresse numerovoie adresseligne calle direccion domicilio numerocalle direccionpostal indirizzo
        numerocivico civico indirizzoresidenza straat straatnaam huisnummer huisnr toevoeging endereco rua logradouro
        morada numeroporta ulica nrdomu numerdomu nrmieszkania adreszamieszkania gata gatuadress gatunamn husnummer
        adressrad
    """,
    "city": """
        birthplace placebirth birthcity hometown cityofbirth residencecity wohnort geburtsort stadt ortschaft wohnsitz
        ville lieunaissance villenaissance commune ciudad municipio lugarnacimiento poblacion localidad citta
        luogonascita comuneresidenza comunenascita woonplaats geboorteplaats cidade localnascimento naturalidade miasto
        miejscowosc miejsceurodzenia postort fodelseort bostadsort
    """,
    "postcode": """
        postcode postalcode zip zipcode plz postleitzahl codepostal codigopostal codicepostale cep codpostal kodpocztowy
        postnummer postnr zip4 zippostal
    """,
    "coordinates": """
        lat lng lon latitude longitude coordinates latlng latlon geopoint gps gpslocation gpsposition homelocation
        breitengrad langengrad latitud longitud latitudine longitudine breedtegraad lengtegraad coordenadas coordonnees
    """,
    "birth_date": """
        dob birthdate datebirth dateofbirth birthday bday birthdt dateborn yearbirth birthyear yob born geburtsdatum
        geburtstag geburtsjahr datenaissance anneenaissance naissance fechanacimiento fnacimiento nacimiento datanascita
        nascita annonascita datanascimento nascimento geboortedatum geboortejaar dataurodzenia rokurodzenia fodelsedatum
        fodelsedag fodelsear fodd
    """,
    "card": """
        cardnumber cardno creditcard creditcardnumber debitcard ccnumber ccnum cardpan last4 lastfour kartennummer
        kreditkarte kreditkartennummer numerocarte cartebancaire numerotarjeta tarjetacredito numerocarta cartacredito
        kaartnummer creditcardnummer numerocartao cartaocredito numerkarty kortnummer
    """,
    "iban": "iban ibannumber ibannummer bankiban rib",
    "account": """
        accountnumber accountno accountid accountnr bankaccount bankaccountnumber routingnumber sortcode mrn
        medicalrecordnumber customernumber membernumber membershipnumber memberid employeenumber employeeid staffid
        studentid studentnumber patientid patientnumber policynumber loyaltynumber loyaltycardnumber frequentflyernumber
        kontonummer kontonr kundennummer mitgliedsnummer personalnummer versicherungsnummer matrikelnummer kundennr
        numerocompte numeroclient numeroadherent matricule numerocuenta numerocliente numerosocio numeroconto
        rekeningnummer klantnummer lidnummer numeroconta numerokonta numerklienta kundnummer medlemsnummer bankkonto
        nrkonta bankgiro personeelsnummer
    """,
    "national_id": """
        ssn socialsecurity socialsecuritynumber nationalid nationalidnumber nationalinsurancenumber nino idcard
        idcardnumber idnumber identitynumber identitycard governmentid passport passportnumber passportno driverlicense
        driverslicense driverlicence drivinglicence drivinglicense driverslicensenumber licensenumber taxid taxnumber
        taxidentifier vatnumber vatid tin itin ein sin insurancenumber healthinsurancenumber nhsnumber medicarenumber
        visanumber residencepermit aadhaar pan steuernummer steuerid steueridentifikationsnummer
        sozialversicherungsnummer svnummer rentenversicherungsnummer personalausweis personalausweisnummer ausweisnummer
        reisepass reisepassnummer passnummer fuhrerscheinnummer ustid umsatzsteuerid krankenversicherungsnummer
        krankenkassennummer securitesociale numerosecuritesociale numerosecu nir numeropasseport passeport cni numerocni
        numerofiscal siren siret permisconduire dni nie nif cif numeroidentificacion documentoidentidad pasaporte
        segurosocial numeroseguridadsocial curp rfc codicefiscale partitaiva passaporto cartaidentita numerodocumento
        tesserasanitaria patente bsn burgerservicenummer paspoortnummer rijbewijsnummer sofinummer identiteitskaart
        rijksregisternummer cpf cnpj rg nis cartaocidadao numerocontribuinte contribuinte passaporte utente pesel nip
        regon dowodosobisty numerdowodu nrdowodu paszport numerpaszportu personnummer samordningsnummer
        organisationsnummer korkortsnummer cpr cprnummer fodselsnummer hetu henkilotunnus
    """,
    "ip": """
        ip ips ipaddress ipaddr ipv6 remoteaddr remoteip clientip lastip loginip sourceip adresseip ipadresse
        direccionip indirizzoip ipadres adresip ipadress enderecoip
    """,
    "mac": "mac macaddress macaddr hwaddr hardwareaddress wifimac bluetoothaddress macadresse",
    "url": """
        avatar avatarurl profileurl profilepicture profileimage profilephoto photourl website homepage personalwebsite
        linkedin linkedinurl facebookurl selfie picture siteweb sitioweb paginaweb webseite
    """,
    "user_agent": "useragent ua browseragent httpuseragent",
    "username": """
        username login loginname userlogin screenname twitterhandle handle skype skypeid telegramid instagram twitter
        facebook facebookid twitterid googleid appleid discord discordid wechat wechatid slackid snapchat tiktok
        githublogin githubusername gamertag userhandle benutzername anmeldename nutzername nomutilisateur identifiant
        pseudo nombreusuario usuario nomeutente nomeusuario gebruikersnaam nazwauzytkownika loginuzytkownika
        anvandarnamn uzytkownik
    """,
    "secret": """
        password passwd passwordhash hashedpassword pwd passwordsalt salt pin pincode secret clientsecret secretkey
        apikey apitoken accesstoken refreshtoken resettoken authtoken bearertoken sessiontoken csrftoken idtoken token
        privatekey passphrase otp otpsecret totpsecret mfasecret cvv cvc cvv2 securityanswer securityquestion
        recoverycode recoverycodes backupcodes credential credentials magiclink invitetoken verificationtoken
        verificationcode confirmationtoken pushtoken fcmtoken devicetoken cookie sessioncookie sessionid sid passwort
        kennwort geheimnis sicherheitsfrage motpasse mdp contrasena clave parola parolachiave wachtwoord senha
        palavrapasse haslo losenord losen codigosecreto codesecret codicesegreto pincodehash
    """,
    "device": """
        deviceid deviceuuid deviceserial imei imsi iccid idfa idfv gaid aaid adid advertisingid androidid udid
        fingerprint devicefingerprint simnumber serialphone installationid visitorid
    """,
    "plate": """
        licenseplate licenceplate platenumber numberplate vehicleregistration vin vehicleidentificationnumber
        kennzeichen nummernschild fahrgestellnummer immatriculation plaqueimmatriculation matricula targa kenteken
        chassisnummer placa matriculaveiculo tablicarejestracyjna numerrejestracyjny nrrejestracyjny registreringsnummer
        regnummer regnr
    """,
    "company": """
        company companyname employer employername organizationname organisationname businessname businessnaam firma
        firmenname arbeitgeber unternehmen entreprise societe raisonsociale nomentreprise employeur empresa razonsocial
        empleador azienda ragionesociale datorelavoro bedrijf bedrijfsnaam werkgever nomeempresa empregador razaosocial
        nazwafirmy pracodawca foretag foretagsnamn arbetsgivare
    """,
    "attribute": """
        gender sex age nationality citizenship ethnicity race religion maritalstatus salary income wage netincome
        grossincome bloodtype bloodgroup diagnosis diagnoses disability allergies medication medications healthstatus
        sexualorientation politicalparty pronouns creditscore salutation honorific familystatus weightkg heightcm bmi
        children geschlecht alter anrede familienstand staatsangehorigkeit staatsangehoerigkeit staatsburgerschaft
        konfession gehalt einkommen blutgruppe diagnose icd icd10 icdcode smoker smokingstatus pregnant alcohol drugs
        illness vaccination prescription therapy disabilitystatus ethnicgroup veteranstatus steuerklasse krankenkasse
        schwerbehindert schwerbehinderung schwanger bruttogehalt nettogehalt grundgehalt krankheit allergie
        religionszugehorigkeit nationalitat lohn sexe genre civilite situationfamiliale nationalite salaire revenu
        revenus groupesanguin genero sexo edad estadocivil nacionalidad salario ingresos sesso eta statocivile
        nazionalita cittadinanza stipendio reddito geslacht leeftijd aanhef burgerlijkestaat nationaliteit salaris
        inkomen idade nacionalidade rendimento plec wiek stancywilny narodowosc obywatelstwo wynagrodzenie kon alder
        civilstand medborgarskap inkomst lonebelopp diagnos
    """,
    "text": """
        bio biography aboutme freetext internalnote internalnotes customernote notes note remark remarks comment
        comments feedback message messages messagebody messagetext chat transcript complaint testimonial medicalhistory
        symptoms anamnesis coverletter resume cv notizen notiz bemerkung bemerkungen anmerkung anmerkungen kommentar
        nachricht nachrichten mitteilung lebenslauf beschwerde anamnese commentaire commentaires remarque remarques
        observations notas nota observaciones observacion comentario comentarios mensaje mensajes osservazioni
        osservazione commento commenti messaggio messaggi noteinterne opmerking opmerkingen notitie notities bericht
        berichten toelichting observacoes mensagem mensagens uwagi uwaga notatka notatki komentarz wiadomosc anteckning
        anteckningar meddelande kommentarer
    """,
    "binary": """
        signature photo portrait fingerprintimage facescan biometric biometrics iddocument passportscan unterschrift
        lichtbild foto podpis namnteckning handtekening
    """,
}

WEAK: dict[str, str] = {
    "name": """
        name names nom nombre nome nomi naam namn nazwa holder owner author contact recipient sender addressee payee
        payer counterparty beneficiary guest passenger inhaber empfanger absender kontakt titulaire destinataire
        expediteur titular destinatario remitente mittente ontvanger afzender naambegunstigde odbiorca nadawca mottagare
        avsandare attn careof co initials alias
    """,
    "actor": """
        updateduser createduser modifieduser lastuser approvedby createdby updatedby modifiedby changedby deletedby
        assignedto assignee reviewer reviewedby reportedby reporter agent operator handledby enteredby submittedby
        requestedby uploadedby editor manager supervisor salesrep responsible actor bearbeiter sachbearbeiter
        erstelltvon geandertvon verantwortlicher creepar modifiepar responsable creadopor modificadopor creatoda
        modificatoda aangemaaktdoor behandelaar criadopor utworzonyprzez skapadav handlaggare medewerker mitarbeiter
        betreuer
    """,
    "street": """
        address addresses adresse adressen adres adress adresa addr line1 line2 line3 indirizzi direcciones via
        residence lieferadresse rechnungsadresse adressezeile
    """,
    "city": """
        city town municipality ort plaats stad locality suburb village paese local comune bairro freguesia concelho
        distrito quartier kommun barrio wijk dzielnica ortsteil district
    """,
    "postcode": "cp pc cap postal",
    "plate": "plate plates registration",
    "account": "identifier account accounts acct konto cuenta compte conto rekening conta",
    "username": "user uid nick",
    "card": "card tarjeta carta carte karte kaart kort karta cartao",
    "text": """
        body text content details reason subject memo reference explanation inquiry enquiry question answer reply review
        betreff verwendungszweck texte texto testo tekst inhalt contenu contenido contenuto treatment story grund motif
        motivo reden powod verwendung purpose
    """,
    "birth_date": "birth geburt",
    "national_id": "identification identity ausweis",
    "coordinates": "location position",
}
