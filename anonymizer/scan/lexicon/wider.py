"""What Czech, Slovak, Croatian, Polish, Hungarian, Finnish, Turkish, Indonesian, Russian and Greek systems call it."""

from __future__ import annotations

STRONG: dict[str, str] = {
    "name": """
        hoten hovaten tendaydu hodem prijmeni krestnijmeno celejmeno jmenoprijmeni rodneprijmeni jmenopacienta
        jmenozakaznika kontaktniosoba priezvisko prezime imeprezime punoime imeroditelja imepacijenta korisnickoimepuno
        kontaktosoba imieinazwisko imieojca imiematki nazwiskorodowe imiepacjenta opiekun opiekunprawny osobakontaktowa
        wlasciciel osobaodpowiedzialna posiadacz lekarz teljesnev vezeteknev keresztnev csaladnev utonev szuletesinev
        leanykorinev anyjaneve anyaneve ugyfelnev kapcsolattarto kapcsolattartonev etunimi etunimet sukunimi kokonimi
        kutsumanimi entinensukunimi yhteyshenkilo lahiomainen huoltaja asiakasnimi potilasnimi henkilonimi omistaja
        omistajannimi nayttonimi haltija tilinomistaja adsoyad soyad soyadi isimsoyisim soyisim tamadi kizliksoyadi
        anneadi babaadi musteriadi hastaadi yetkilikisi veliadi kartsahibi anakizliksoyadi namalengkap namadepan
        namabelakang namapanggilan namaibu namaibukandung namaayah namapasien namapelanggan namaorangtua namawali
        namapemilik namapenerima namakaryawan namasiswa penanggungjawab familiya otchestvo polnoeimya imia familia
        kontaktnoelitso eponymo onomateponymo patronymo onomapatera onomamiteras
    """,
    "email": """
        eposta epostaadresi elposta emailcim levelcim drotposta sahkoposti sahkopostiosoite meili surel alamatemail
        emailpelanggan elektronickaposta emailova adresaelektronickeposty pochta elpochta mailadresi
        ilektronikiadiefthinsi
    """,
    "phone": """
        sodienthoai dienthoai sdt telefonnicislo mobilnitelefon cislotelefonu mobilnicislo telefoncislo telefonnecislo
        brojtelefona brojmobitela mobitel telefonszam mobilszam mobiltelefonszam vezetekestelefon puhelin puhelinnumero
        matkapuhelin matkapuhelinnumero kannykka gsmnumero puhelinnro telefonnumarasi ceptelefonu cepno ceptel telefonno
        gsmno istelefonu evtelefonu nomortelepon notelepon telepon notelp telp nomorhp nohandphone hpno ponsel
        nomorponsel nomorwa nowa nomer nomertelefona mobilnyy tilefono kinito stathero arithmostilefonou
        telefonkontaktowy telefondomowy telefonsluzbowy numerkomorkowy
    """,
    "street": """
        diachi diachithuongtru diachitamtru ulice cislopopisne cisloorientacni adresatrvala trvalaadresa trvalebydliste
        bydliste adresabydliste dorucovaciadresa ulica popisnecislo bydlisko adresastanovanja kucnibroj ulicaibroj
        prebivaliste adreszamieszkania adreszameldowania adreskorespondencyjny adresdostawy miejscezamieszkania
        mieszkanie nrlokalu utca utcahazszam hazszam lakcim lakohely szallitasicim szamlazasicim emeletajto kozterulet
        katuosoite osoite kotiosoite postiosoite toimitusosoite laskutusosoite lahiosoite talonumero asunto asuntonumero
        sokak cadde mahalle acikadres evadresi isadresi teslimatadresi faturaadresi kapino daireno binano adresi
        ikametgah alamat alamatlengkap alamatrumah alamatpengiriman alamatdomisili alamatktp jalan rtrw norumah
        adresprozhivaniya ulitsa nomerdoma kvartira adresdostavki odos diefthinsi arithmosodou
    """,
    "city": """
        noisinh quequan mesto obec mistonarozeni bydlistemesto mestonarodenia miestonarodenia mjestorodenja mjesto
        mjestostanovanja miastourodzenia gmina miastozamieszkania miejsceur varos telepules szuletesihely lakhely
        helyseg kaupunki postitoimipaikka kotikunta syntymapaikka asuinpaikka kotikaupunki sehir ilce dogumyeri kota
        kabupaten kecamatan kelurahan tempatlahir kotakelahiran desa gorod naselennyypunkt mestorozhdeniya toposgennisis
    """,
    "postcode": """
        postovnismerovacicislo postanskibroj iranyitoszam irszam postinumero postakodu kodepos pochtovyyindeks
        taxydromikoskodikas kodpoczt
    """,
    "coordinates": """
        souradnice zemepisnasirka zemepisnadelka szelesseg hosszusag leveyspiiri pituuspiiri enlem boylam konum
        koordinat lintang bujur koordinaty shirota dolgota wspolrzedne szerokoscgeo dlugoscgeo
    """,
    "birth_date": """
        ngaysinh namsinh datumnarozeni datumnar narozeni roknarozeni datumnarodenia narodenie datumrodenja datrod
        godinarodenja dataur datur rokur urodzony szuletesidatum szuletesiido szuletesiev szuletesnap syntymaaika
        syntymapaiva syntymavuosi syntymaajat dogumtarihi dogumgunu dogumyili tanggallahir tgllahir tahunlahir
        tempattanggallahir datarozhdeniya denrozhdeniya godrozhdeniya imerominiagennisis etosgennisis
    """,
    "card": """
        cislokarty cisloplatebnikarty brojkartice kartyaszam bankkartyaszam korttinumero luottokortti luottokorttinumero
        kartno kartnumarasi kredikarti kredikartino nomorkartu kartukredit nomerkarty numerkartyplatniczej
    """,
    "iban": "ibannumarasi ibanszam ibanno tilinumeroiban",
    "account": """
        handlowiecid pkk masosinhvien masinhvien makhachhang sotaikhoan okulno cislouctu bankovniucet zakaznickecislo
        cislozakaznika rodnelistoz osobnicislozamestnance cislosmlouvy cislopojistky brojracuna brojklijenta brojpolise
        maticnibrojstudenta nrklienta numerpracownika numerpacjenta numerpolisy numerumowy numerkontabankowego
        rachunekbankowy numerrachunku nralbumu numeralbumu nrlegitymacji numerlegitymacji szamlaszam bankszamlaszam
        ugyfelszam ugyfelkod torzsszam biztositasiszam tagsagiszam tilinumero pankkitili asiakasnumero asiakasnro
        jasennumero henkilostonumero opiskelijanumero potilasnumero hesapno hesapnumarasi musterino musterinumarasi
        musterikodu personelno sicilno ogrencino hastano policeno aboneno uyeno nomorrekening norekening norek
        nomorpelanggan idpelanggan nomorpolis nomorpegawai nomoranggota nomorinduk nomorrekammedis nomorscheta
        nomerdogovora arithmoslogariasmou arithmospelati
    """,
    "national_id": """
        tckn tckno tcno nokartukeluarga cccd cmnd cmt hochieu mahochieu rodnecislo cisloop cisloobcanskehoprukazu
        obcanskyprukaz cislopasu cisloridicskehoprukazu ico dic cislopojistence cislopojistenca obcianskypreukaz oib
        jmbg maticnibroj brojosobne osobnaiskaznica brojosobneiskaznice brojputovnice putovnica nrpesel numerpesel
        peselnr serianumerdowodu seriadowodu prawojazdy numerprawajazdy tajszam adoazonosito adoszam adojel szemelyiszam
        szemelyigazolvany szemelyigazolvanyszam szemelyiigazolvany utlevelszam utlevel jogositvanyszam lakcimkartya
        hetukoodi henkilotunnuskoodi sotu sosiaaliturvatunnus passinumero passi ajokortti ajokorttinumero ytunnus
        henkilokorttinumero kelakortti tckimlik tckimlikno kimlikno vergino verginumarasi sgkno pasaportno ehliyetno
        surucubelgesi noktp nomorktp nikktp npwp nonpwp nosim nomorpaspor paspor nokk nomorkk nobpjs bpjs nisn nuptk
        snils seriyapasporta nomerpasporta ogrn voditelskoeudostoverenie amka arithmostaftotitas arithmosdiavatiriou
    """,
    "ip": "ipadresa ipcim iposoite ipadresi alamatip",
    "url": """
        fotografie profilovafotka profilkep profiilikuva profilfotografi fotoprofil fotoktp pasfoto3x4 zdjecieprofilowe
    """,
    "username": """
        uzivatelskejmeno prihlasovacijmeno uzivatel korisnickoime korisnik felhasznalonev felhasznalo kayttajatunnus
        kayttajanimi kayttaja kullaniciadi kullanici namapengguna pengguna nazwauzytk loginuz polzovatel
        imyapolzovatelya onomaxristi prezdivka lempinimi becenev takmaad
    """,
    "secret": """
        matkhau heslo hesloheslo hashhesla bezpecnostniotazka lozinka zaporka haslohash hasloskrot kodpin
        pytaniepomocnicze kodweryfikacyjny jelszo jelszohash biztonsagikerdes salasana salasanatiiviste tunnusluku
        turvakysymys vahvistuskoodi sifre sifrehash parolahash guvenliksorusu dogrulamakodu katasandi kodeverifikasi
        kodeotp parol parolhash kodovoeslovo kodikos ovikoodi
    """,
    "device": "idzarizeni laitetunnus cihazid eszkozazonosito nomorimei",
    "plate": """
        registracniznacka poznavaciznacka evidencnecislo registarskaoznaka registracija nrrejestracyjnypojazdu numervin
        rendszam alvazszam rekisterinumero rekisteritunnus plaka plakano sasino saseno nopol nomorpolisi platnomor
        nomorrangka gosnomer vinkod arithmoskykloforias pinakida
    """,
    "company": """
        zamestnavatel firmanazev nazevfirmy obchodnifirma nazovfirmy poslodavac nazivtvrtke tvrtka zakladpracy cegnev
        munkaltato munkahely tyonantaja yrityksennimi yritysnimi tyopaikka sirketadi isveren isyeri firmaadi
        namaperusahaan tempatkerja rabotodatel mestoraboty ergodotis miejscepracy
    """,
    "attribute": """
        badanielekarskie okulary dohanyzik eletkora gyogyszerek rendszeresgyogyszerek vizsgalat stopienpokrewienstwa
        pohlavie gioitinh tinhtranghonnhan dantoc tongiao nhommau benhly luong pohlavi rodinnystav statniprislusnost
        obcanstvi narodnost vyznani mzda hrubamzda prijem krevniskupina diagnoza nemoc nemoci alergie leky zdravotnistav
        invalidita tehotenstvi odbory pojistovna spol bracnostanje drzavljanstvo placa krvnagrupa bolest alergije
        alergia choroba choroby rozpoznanie niepelnosprawnosc stopienniepelnosprawnosci grupakrwi ciaza religia wyznanie
        pensja zarobki dochod stanzdrowia wzrost waga obywatelstwa zwiazekzawodowy eletkor csaladiallapot allampolgarsag
        vallas fizetes jovedelem bruttober nettober vercsoport diagnozis betegseg betegsegek allergia gyogyszer testsuly
        testmagassag fogyatekossag terhesseg nemzetiseg sukupuoli siviilisaaty kansalaisuus uskonto aidinkieli palkka
        kuukausipalkka vuositulot tulot veriryhma diagnoosi sairaus sairaudet allergiat laakitys laakkeet vamma raskaus
        ammattiliitto tupakointi cinsiyet medenihal medenidurum uyruk maas ucret gelir kangrubu teshis hastalik
        hastaliklar alerji alerjiler engeldurumu engelorani hamilelik sendika mezhep jeniskelamin umur usia agama
        statusperkawinan statuspernikahan kewarganegaraan suku gaji penghasilan golongandarah goldar penyakit
        riwayatpenyakit alergiobat beratbadan tinggibadan disabilitas kehamilan vozrast semeynoepolozhenie grazhdanstvo
        natsionalnost veroispovedanie zarplata dokhod gruppakrovi diagnoz bolezn allergiya invalidnost fylo ilikia
        oikogeneiakikatastasi ypikootita misthos eisodima omadaaimatos pathisi
    """,
    "text": """
        ghichu poznamka poznamky komentar komentare vzkaz stiznost anamneza duvodnavstevy primjedba napomena napomene
        poruka biljeska uwagidodatkowe uwagiklienta wywiad wywiadlekarski skarga trescwiadomosci listmotywacyjny
        megjegyzes megjegyzesek uzenet panasz kommentaar hozzaszolas huomautus huomautukset huomiot lisatiedot
        muistiinpano muistiinpanot viesti viestit kommentti kommentit palaute valitus esitiedot potilaskertomus aciklama
        notlar musterinotu mesajlar yorum yorumlar sikayet sikayeti teslimatnotu onyazi pesan keluhan ulasan primechanie
        primechaniya kommentariy soobshchenie zhaloba otzyv simeioseis sxolia minima
    """,
    "binary": """
        podpisobraz otisk otiskprstu otpecatek alairas ujjlenyomat allekirjoitus sormenjalki imza parmakizi tandatangan
        sidikjari odciskpalca podpisklienta
    """,
}

WEAK: dict[str, str] = {
    "name": """
        nama jmeno nev nimi isim imya onoma meno ime ten lekar pacient zak ucitel ridic majitel svedek otec matka dite
        rodic nazev manzel manzelka lijecnik pacijent ucenik nastavnik vozac vlasnik pacjent uczen nauczyciel kierowca
        najemca wlascicielka swiadek ojciec dziecko rodzic autor pasazer zglaszajacy kupujacy sprzedajacy pracownik
        klient beteg orvos tanulo tanar sofor tulajdonos gyermek szulo szerzo utas potilas laakari oppilas opettaja
        kuljettaja vuokralainen aiti lapsi tekija matkustaja asiakas tyontekija hasta doktor ogrenci ogretmen surucu
        yolcu sahip kiraci baba anne cocuk veli yazar musteri calisan pasien dokter siswa guru sopir penumpang pemilik
        penyewa ayah ibu anak wali penulis pelanggan karyawan penerima pengirim vrach uchenik uchitel voditel passazhir
        vladelets avtor adi fio
    """,
    "street": """
        scara etaj tuer floor door stair staircase emelet ajto kerros patro lepcsohaz adresa adrese adres misto dostava
        lokacija utvonal cim
    """,
    "city": "kraj zupanija powiat wojewodztwo jaras megye kunta semt provinsi oblast nomos",
    "text": """
        popis opis leiras kuvaus penjelasan opisanie perigrafi razlog syy sebep alasan opinia mesaj catatan keterangan
        saran
    """,
    "actor": """
        vytvoril upravil schvalil utworzylprzez zatwierdzil letrehozta modositotta luonut muokannut olusturan
        guncelleyen onaylayan dibuatoleh diubaholeh kasutaja sozdal izmenil
    """,
    "account": "smlouva umowa szerzodes sopimus sozlesme kontrak dogovor",
    "company": """
        skola szkola iskola koulu okul sekolah shkola urad urzad yritys sirket perusahaan kompaniya organizatsiya eteria
    """,
    "attribute": "ocena zdravlje stav vyska vaha lijekovi leki pituus paino ilaclar ilac",
    "phone": "puh",
    "postcode": "psc",
    "national_id": "pas taj vkn nik ktp inn pasport afm adt ama",
    "plate": "spz",
}
