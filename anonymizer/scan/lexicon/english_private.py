"""What English-speaking systems call secrets, devices, health, money, beliefs, work, and what people write."""

from __future__ import annotations

STRONG: dict[str, str] = {
    "secret": """
        fcm apns gcm pushid qrcode qr streamkey accessqr doorkey roomkey lockerkey lockercode keynumber puk pukcode
        simpin pinpuk passcode passkey unlockcode doorcode gatecode accesscode alarmcode securitycode seedphrase
        mnemonic encryptionkey signingkey signingsecret webhooksecret consumersecret appsecret apisecret privkey sshkey
        sshpublickey pgpkey gpgkey bearer authorization authcode authorizationcode otpcode smscode totp twofactorsecret
        twofactorcode twofasecret hotp backupcode resetcode resethash resetkey activationtoken activationcode
        activationkey loginkey loginhash logintoken remembertoken sessionkey sessionhash phpsessid jsessionid cookies
        sessioncookies devicepushtoken apnstoken gcmtoken registrationtoken onesignalplayerid onesignalid expopushtoken
        p256dh vapidkey pushendpoint subscriptionendpoint confirmcode pwhash passhash pwdhash encryptedpassword
        passworddigest passwordencrypted passwordhint secretquestion secretanswer secquestion secanswer securityphrase
        memorableword memorableanswer recoveryphrase recoverykey recoverytoken refreshhash accesskey accesskeyid
        secretaccesskey emailhash hashedemail emailmd5 emailsha256 emailsha1 phonehash hashedphone emailtoken phonetoken
        sessiontokens invitationtoken invitecode unsubscribetoken unsubscribehash oauthtoken oauthsecret xsrftoken
        idtokenhint usertoken userpassword passwordold oldpassword passwordhistory cardtoken cardcvv cardcvc cvvcode
        securitycodecard nonce2fa linktoken sharetoken downloadtoken pintransaction lockcode keycode smartlockcode
        wifipassword wifipwd wifikey wpa2key ownerpassword adminpassword smtppassword ftppassword dbpassword
        calendartoken verifycode verifytoken signintoken tokenhash keyhash
    """,
    "device": """
        deviceidentifier hardwareid hwid machineid machineguid gaclientid googleadid advertiserid anonymousid distinctid
        visitoruuid cookieid browserid browserfingerprint canvasfingerprint audiofingerprint meid esn simid
        simcardnumber simserial simcard subscriberidentity deviceserialnumber deviceserialno serialdevice deviceguid
        deviceimei imei1 imei2 imeinumber phoneserial gclid fbclid msclkid userpseudoid trackingid mobileadvertisingid
        rdid idfas deviceeui nfcid rfid rfidtag nfcuid carduid keyfobid wearableid trackerid deviceaddress handsetid
        installid pixelid anonid deviceids clientuuid
    """,
    "attribute": """
        thigh chest hips biceps bodymeasurements measurements financialstatus economicstatus dead isdead voted hasvoted
        familymembers familycount castecategory reservationcategory crime crimes prisonbefore convicted offender
        habitualoffender disabledpeople disabledpersons wheelchair tetanus covid backgroundcheck pay bodytype skintype
        hairtype eatinghabits drinkinghabits smokinghabits religious racial ethnic sexual genetic smoke smokes drinks
        pregnant vegetarian vegan subcaste gothra gotra manglik rashi nakshatra natureinjury inoutpatient injury
        injuries wounds medicalhistoryflag numbersiblings numberbrothers numbersisters numberdependents numberchildren
        familysize householdmembers pets racialorigin racialgroup nationalethnicity healthinsurer insurancecompany
        healthplan tribe caste creed denomination citizenships countrycitizenship countrybirth birthcountry
        immigrationstatus visastatus residencystatus veteran militarystatus disabilities impairment impairments
        dietaryrestrictions dietaryrestriction dietaryneeds dietaryrequirements specialneeds accessibilityneeds
        medicalcondition medicalconditions healthconditions healthcondition healthissues chronicconditions
        chronicdiseases comorbidities disease diseases illnesses surgeries vaccinations immunization immunizations
        immunisations drugallergies foodallergies intolerances bloodpressure systolic diastolic heartrate
        restingheartrate bloodsugar bloodglucose hba1c bodytemperature bodymassindex bodyweight bodyheight bodyfat
        weightlbs heightin heightinches waist eyecolor eyecolour haircolor haircolour skincolor skintone complexion
        scars tattoos genotype genome hivstatus pregnancy pregnancystatus lastperiod menstrual menstruation fertility
        mentalhealth phq9 gad7 prognosis prescriptions meds covidstatus vaccinationstatus vaccinated sexualpreference
        genderidentity genderpreference interestedin birthsex sexassigned sexassignedatbirth sexatbirth pronoun
        preferredpronouns transgender relationshipstatus dependents dependants householdsize householdincome
        annualincome monthlyincome grosspay netpay payrate hourlyrate hourlywage basesalary basepay currentsalary
        expectedsalary desiredsalary salaryexpectation salaryexpectations salaryband paygrade payband currentctc
        expectedctc remuneration networth creditrating ficoscore fico bankruptcy bankruptcies performancerating
        performancescore appraisal appraisalscore disciplinary disciplinaryaction terminationreason leavingreason
        absencereason sickdays sickleave sicknessreason criminalrecord criminalhistory politicalaffiliation
        politicalviews politicalopinion partyaffiliation unionmember unionmembership tradeunion religiousaffiliation
        religiousviews cgpa iqscore addictions addiction alcoholuse alcoholconsumption druguse icdcodes icd10code
        diagnosiscode diagnosiscodes diagnosticcode snomed treatmentcode proceduredone causeofdeath causedeath
        deathcause handedness zodiacsign horoscope drivingconvictions claimhistory maritalstate marital civilstatus
        nationalities mothertongue nativelanguage ethnicorigin nationalorigin raceethnicity yearlyincome incomerange
        incomebracket deathdate datedeath deceased oxygensaturation spo2 vo2max moodscore painlevel painscore
        stresslevel triagelevel disabilitytype disabilitycode rhesus rhfactor donorstatus organdonor carestatus
        carelevel dependencylevel socialbenefits
    """,
    "text": """
        personalstatement motivationletter clinicalnotes clinicalnote progressnotes progressnote doctornotes
        doctorsnotes nursenotes casenotes casenote presentingcomplaint chiefcomplaint reasonvisit incidentdescription
        deliveryinstructions deliveryinstruction deliverynotes deliverynote specialinstructions specialrequests
        specialrequest giftmessage giftnote dedication voicemail voicemailtranscript transcription callnotes callnote
        callsummary searchquery searchterm searchterms searchhistory userinput userprompt ocrtext rawtext rawemail
        emailbody mailbody smsbody smstext bodytext bodyplain bodyhtml htmlbody textbody obituary eulogy testimony
        affidavit verbatim openanswer additionalinfo additionalinformation additionalcomments additionalnotes
        privatenote privatenotes adminnotes adminnote staffnotes agentnotes hrnotes recruiternotes interviewnotes
        meetingnotes sessionnotes therapynotes usernotes orderinstructions courierinstructions messagecontent
        chatmessage chathistory directmessage lastmessage statusmessage aboutyou aboutself selfdescription headlinebio
        shortbio medicalnotes healthnotes allergynotes treatmentnotes dischargesummary carenotes careplan
        accidentdescription damagedescription lossdescription statementtext witnessstatement complaints signaturetext
        emailsignature gratitude prayerrequest
    """,
    "binary": """
        signaturedata fingerprints fingerprinttemplate facetemplate faceembedding faceembeddings faceencoding
        facedescriptor facevector facialdata faceid facedata irisscan irisimage retina retinascan voiceprint voicesample
        voicerecording palmprint gait biometricdata biometrictemplate biometrichash thumbprint thumbimpression
        handwriting wetsignature esignature digitalsignature signaturesvg signaturebase64 photobase64 photodata
        photoblob imagebase64selfie avatardata
    """,
}

WEAK: dict[str, str] = {
    "secret": """
        key keys schlussel nogle nokkel nyckel llave clave chiave cle klucz sleutel avain anahtar kunci kulcs klic
        code2fa jwt mfa
    """,
    "attribute": """
        habits lifestyle medicine drugs dosage treatmentname illnessname reasonabsence leavetype weight height condition
        conditions orientation grade grades marks health medical occupationstatus party faith diet dietary vaccine
        vaccines allergens pulse glucose cholesterol dna hiv gravida drug labresult labresults testresult testresults
        ctc compensation pension convictions offense offence offenses offences arrests political beliefs gpa iq smoking
        drinking drinker tobacco zodiac legalstatus wages payamount earnings steps sleephours calories caloriesburned
        mood symptom blood benefits welfare
    """,
    "text": """
        instructions history assessment impression observation introduction caption post statement note1 note2
        additional other excuse explanation justification rationale feedbacktext narrative findings hpi conversation
    """,
    "device": "serial serialnumber serialno udi ifa fbp fbc eid",
    "binary": "embedding embeddings scan iris",
}
