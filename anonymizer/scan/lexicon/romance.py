"""More of what French, Spanish, Italian and Portuguese systems call personal data, and what Romanian ones do."""

from __future__ import annotations

STRONG: dict[str, str] = {
    "name": """
        prenoms nomprenom prenomnom nomepouse nommarital nompere nommere nomenfant nomconjoint nomtitulaire
        nomdestinataire nomexpediteur nomassure nompatient nomeleve nomsalarie nomcontact nomaffichage patronyme
        representantlegal personnecontact personneacontacter contacturgence interlocuteur responsablelegal medecin
        medecintraitant redacteur titulaire nomutilisateurcomplet nombres nombrepaciente nombrealumno nombreempleado
        nombrecompletocliente nombreapellidos apellidosnombre apellidopaterno apellidomaterno segundonombre nombrepadre
        nombremadre nombretutor nombretitular nombreusual representantelegal personacontacto contactoemergencia
        razonsocialnombre medico medicotratante titularcuenta nombremedico nombrecontacto nombrecorto nombrepersona
        conyuge nomecliente nomepaziente nomepadre nomemadre nomecompleto nomereferente referente nomedipendente
        nominativi cognomenome cognomenubile mediconome medicocurante intestatarioconto titolareconto
        legalerappresentante contattoemergenza referenteazienda nomebattesimo soprannome nomesocial nomeresponsavel
        nomealuno nomepaciente nomefuncionario nomecontato nomeusuario nomefantasia nomepessoa nomepai nomemae filiacao
        nomeconjuge responsavellegal titular nomeresp nomemedico apelidonome nomecolaborador contatoemergencia
        nometitular sobrenomes nomes prenume numecomplet numefamilie numeprenume numepacient numeclient persoanacontact
        reprezentantlegal
    """,
    "email": """
        mailpro mailperso emailperso emailpro courrielpro adressecourriel adresseelectronique correocontacto
        correopersonal correocliente emailcontato emailresponsavel mailcontatto indirizzopec indirizzopostaelettronica
        correioeletronicoprincipal postaelectronica adresaemail correoelec enderecoeletronico
    """,
    "phone": """
        telfixe telportable telmobile telephonefixe telephonemobile telephoneportable teldomicile telbureau numtelephone
        numeromobile numportable numeroportable portableparent telefonofijo telefonomovil numerocelular numcelular
        numtelefono numerocontacto telefonocontacto telcontacto telmovil telcasa telefonocasa telefonotrabajo
        celularcontacto telefonofisso telefonomobile cellpersonale numerotel recapito recapiti recapitotel
        telcasaufficio cellularepersonale telefonecelular telefoneresidencial telefonecomercial telefonecontato
        celularresponsavel telemoveis contatotelefone numerocontato fone foneres fonecel fonecelular fonecontato
        numerotelemovel telefonmobil telefonfix numartelefon nrtelefon telefoncontact
    """,
    "street": """
        numerodomicilio lotedomicilio manzana lote domicilionumero adressecomplete adressefacturation adresselivraison
        adressedomicile adressepersonnelle domiciliation complementadresse1 lieudit batiment cageescalier numerodevoie
        libellevoie nomvoie typevoie boitepostale adresse1 adresse2 adressecomplement adresserue domicile
        direccioncompleta direccionenvio direccionfacturacion direccioncasa direccioncliente domiciliofiscal
        numeroexterior numerointerior numext numint callenumero nombrecalle entrecalles indirizzocompleto
        indirizzospedizione indirizzofatturazione indirizzodomicilio residenza domicilio numcivico nomevia viaresidenza
        viacivico enderecocompleto enderecoentrega enderecocobranca enderecoresidencial numeroendereco complemento
        complementoendereco numerocasa nomerua logradouros bairroendereco moradafiscal strada adresadomiciliu
        adresacompleta numarstrada scaraapartament apartament domiciliu adresalivrare
    """,
    "city": """
        villedomicile villenaiss lieunaiss communenaissance communeresidence localite ciudadnacimiento ciudadresidencia
        municipionacimiento lugarresidencia localidadnacimiento cittanascita cittaresidenza luogoresidenza
        provincianascita cittadomicilio cidadenascimento cidaderesidencia municipionascimento localnasc naturaldecidade
        oras localitate loculnasterii locnastere orasresidenta judetnastere
    """,
    "postcode": "indirizzocap codpostale codicepost codigopos codpost codepost codicecap cpostal cdpostal",
    "coordinates": """
        latitudine longitudine geolocalisation geolocalizacion geolocalizzazione geolocalizacao coordgps ubicacion
        posiziongps posiciongps localizacao
    """,
    "birth_date": """
        datenaiss dtenaiss datenaissanceenfant neele nele anneenaiss fechanac fecnac fechanacim fecnacimiento
        fchnacimiento anonacimiento aniversario cumpleanos datanasc dtnascimento dtnasc nascimentodata anonascimento
        datadenascimento aniversariodata compleanno dtnascita annodinascita datanasterii datanastere anulnasterii
        ziuanasterii
    """,
    "card": """
        cartebleue numerocb numcarte numerocartebancaire numtarjeta numerocartadicredito numerocartaocredito numcartao
        ultimosdigitos ultimos4 ultimosdigitostarjeta ultimecifre
    """,
    "iban": "ibancliente codiceiban ribclient numeroiban",
    "account": """
        codigoconvenio carteiraconvenio matricolainps numeroafiliacion numeroallocataire allocataire numerobeneficiaire
        numerosecteur numadherent numeroabonne numclient codeclient refclient referenceclient numeropatient
        numeroetudiant numetudiant codeadherent matriculeemploye cartefidelite numerofidelite numeropolice numpolice
        numeroassure numeromutuelle numcompte numerocompteur codigocliente nrocliente numcliente numeroempleado legajo
        numeroalumno matriculaalumno numerohistoria historiaclinica numhistoriaclinica nroafiliado numeroafiliado
        numeroasegurado numeropoliza cuentabancaria numcuenta nrocuenta cuentaclabe tarjetafidelidad numeroabonado
        codigoempleado numerocolegiado codicecliente numerocliente numerotessera matricolastudente matricoladipendente
        contocorrente numeropolizza numerotesserino codicepaziente numerosocio codpod codicecontatore cartafedelta
        codcliente matriculafuncional matriculafuncionario numeroprontuario prontuario contabancaria contacorrente
        agenciaconta numeroapolice apolice chavepix numerobeneficiario carteirinha numeroutente matriculaestudante
        numeroaluno numerofuncionario contbancar numarclient codclient numarmatricol numarpolita numarfisa
    """,
    "national_id": """
        actidentitate actidentseria actidentnumar seriaact actident numerosus cartaosus crm crmmedico coren oab
        cartatrabalho numss numerosecuritesoc securitesocialenum nirpp numerosecsociale carteidentite
        numerocarteidentite numeropermis cartevitale numeroidentite pieceidentite numeropieceidentite titresejour
        numerotitresejour nifspi numerofiscalreference siretclient tvaintracom numerotva nrodocumento documentonacional
        cedula cedulaidentidad cedulaciudadania numerocedula cuit cuil claveelector folioine numeross licenciaconducir
        numerolicencia numpasaporte nropasaporte numerodni dninie nifnie identificacionfiscal rucdni numerosegurosocial
        curprfc cartanetidentidad tarjetasanitaria numtarjetasanitaria codfiscale codfisc pivacliente piva numeropatente
        numerocartaidentita numeropassaporto documentoidentita codicesanitario numerotesserasanitaria documentonumero
        estremidocumento rgcpf numerocpf numerorg cpfcnpj cpfcliente cpfresponsavel identidade orgaoemissor cnh
        numerocnh tituloeleitor pispasep nispis ctps numerocontribuintefiscal nifcliente numerosns niss
        numeroidentificacaofiscal numerobi bilheteidentidade numerocartaocidadao passaportenumero codnumericpersonal
        codpersonal serieci seriebuletin cartedeidentitate buletin codfiscal pasaport permisconducere numarpasaport
    """,
    "ip": "ipclient ipcliente ipusuario iputilizador ipconnexion iputente",
    "url": """
        urlphoto photoprofil photoidentite fotoperfil urlfoto fotoprofilo imagemperfil urlavatar fotourl fotousuario
        sitepersonnel fotocarnet
    """,
    "username": """
        identifiantconnexion nomcompte nomconnexion pseudonyme loginutilisateur usuarioacceso nombredeusuario
        nombrecuenta apodo nomeutilizador loginusuario nicknameusuario nomelogin numeutilizator utilizator usuariored
    """,
    "secret": """
        motdepasse motspasse mdphash mdpchiffre jetonacces jeton jetonsession codeconfidentiel codesecurite
        questionsecrete reponsesecrete codepin codeporte digicode codeacces contrasenia contrasenahash claveacceso
        clavesecreta palabraclave preguntaseguridad respuestaseguridad respuestasecreta tokenacceso codigoverificacion
        codigoseguridad codigopin codigoacceso passwordutente codicepin codiceaccesso domandasegreta rispostasegreta
        tokenaccesso codicesicurezza senhahash senhaacesso tokenacesso codigoacesso perguntaseguranca respostaseguranca
        codigoseguranca parolahash codpin intrebaresecreta
    """,
    "plate": """
        immat numeroimmatriculation plaque plaquevoiture numerochassis numeroserievehicule matriculavehiculo numeroplaca
        placavehiculo numeromatricula bastidor numerobastidor patentevehiculo dominioauto targaveicolo numerotarga
        numerotelaio telaio placaveiculo placacarro matriculaviatura chassi numerochassi renavam numarinmatriculare
        nrinmatriculare seriesasiu
    """,
    "company": """
        nomsociete denominationsociale nomemployeur societeemployeur nomempresa empresaactual lugartrabajo nomeazienda
        denominazione denominazionesociale nomedatorelavoro aziendaattuale nomeempresa empresaatual localtrabalho
        denominacaosocial numefirma angajator denumirefirma
    """,
    "attribute": """
        cobertura coberturasocial coberturamedica coberturasoc grupofactor factorrh prepaga mutual genere convenio
        planosaude remedio remedios dosagem dosis posologia farmaco obrasocial aseguradora eps regimensalud
        hipotesediagnostica motivoassenza motifabsence motivoausencia previsionsalud isapre mutuelle caisseassurance
        etatcivil statutmarital situationmaritale nbenfants nombreenfants groupesangin pathologie pathologies
        antecedents antecedentsmedicaux maladie maladies handicap rqth confession origineethnique opinionpolitique
        syndicat salairebrut salairenet salairebase remuneration revenufiscal quotientfamilial religionpratiquee vaccins
        motifarret arretmaladie orientationsexuelle tailleenfant grossesse fumeur tiposangre gruposanguineo grupos
        sanguineo alergias alergia enfermedad enfermedades diagnostico antecedentes medicacion discapacidad
        gradodiscapacidad estatura salariobase sueldo sueldobruto sueldoneto ingresosmensuales nivelingresos religion
        orientacionsexual etnia afiliacionsindical numerohijos embarazo fumador vacunas minusvalia raza grupposanguigno
        allergie allergia patologia patologie diagnosi invalidita disabilita disabile statofamiglia redditoannuo
        retribuzione stipendiolordo stipendionetto religione orientamentosessuale appartenenzasindacale numerofigli
        gravidanza fumatore vaccinazioni malattia malattie pesocorporeo isee tiposanguineo doencas doenca deficiencia
        salariobruto salarioliquido rendafamiliar rendamensal renda faixasalarial remuneracao raca racacor corraca
        religiao orientacaosexual identidadegenero estadocivil escolaridadepais numerofilhos gestante fumante vacinas
        comorbidades historicomedico alturacm pesokg gravidez beneficiosocial bolsafamilia varsta starecivila cetatenie
        nationalitate salariu venit grupasanguina grupasange boala boli alergii handicapat religie etnie
    """,
    "text": """
        commentairelibre motifconsultation compterendu compterenduconsultation anamnese remarqueinterne messageclient
        noteinterne instructionslivraison informationscomplementaires motifvisite lettremotivation observacionesmedicas
        notasinternas motivoconsulta mensajecliente instruccionesentrega comentariocliente descripcionincidente
        informacionadicional cartapresentacion evolucion relato notecliente noteinterno motivovisita anamnesi
        messaggiocliente istruzioniconsegna referto lettera letterapresentazione informazioniaggiuntive observacao
        mensagemcliente instrucoesentrega informacoesadicionais relatorio evolucaoclinica recado observatii mesaje
        comentariu comentarii mentiuni motivulconsultatiei detaliisuplimentare
    """,
    "binary": """
        firmadigital assinaturadigital signaturemanuscrite empreinte empreintedigitale firmadigitalizada huella
        huelladigital firmaimagen firmagrafica impronta improntadigitale assinatura impressaodigital semnatura amprenta
    """,
}

WEAK: dict[str, str] = {
    "name": """
        nume patient eleve etudiant assure conjoint parent pere mere enfant temoin notaire avocat professeur enseignant
        invite voyageur conducteur chauffeur proprietaire bailleur beneficiaire signataire paciente alumno estudiante
        asegurado padre madre hijo testigo notario abogado profesor docente invitado viajero conductor chofer
        propietario arrendador arrendatario inquilino beneficiario firmante autor emisor solicitante paziente studente
        alunno assicurato coniuge figlio testimone notaio avvocato professore insegnante ospite viaggiatore conducente
        autista proprietario locatore firmatario autore richiedente aluno estudante segurado pai mae filho testemunha
        advogado professor hospede motorista passageiro assinante requerente responsavel colaborador pacient elev sofer
        pasager proprietar chirias martor angajat
    """,
    "street": """
        adresa ubicaciontexto destinazione recogida entrega residencia moradia colonia piso puerta andar bloc
    """,
    "city": "canton commune localitatea judet raion arrondissement departement barri frazione",
    "text": "detalle detalles detalhes dettagli precisions motivo causale causa descripcion obs mesaj",
    "attribute": """
        taille poids talla altura altezza peso estudios condizione traitement traitements medicaments ordonnance rsa apl
        medicamentos tratamiento hijos terapia farmaci ral medicamento filhos sindicato sex diagnostic greutate inaltime
    """,
    "username": "utilisateur utilizador",
    "account": "dossier matricula matricola expediente socio ipp ine pdl prm cups pix",
    "national_id": """
        documentoid tessera cedola nss permis nif documento numdocumento rut dui licencia ruc nit cip cf pis cns nus sns
        certidaonascimento cnp cui
    """,
    "company": """
        organisme ecole etablissement escuela colegio scuola universita instituicao escola scoala companie
    """,
    "email": "pec",
    "birth_date": "ddn",
}
