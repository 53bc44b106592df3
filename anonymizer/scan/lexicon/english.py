"""What English-speaking systems of many trades, and standards of directories and identities, call personal data."""

from __future__ import annotations

STRONG: dict[str, str] = {
    "name": """
        preferredname knownas givennames secondname thirdname familynames secondsurname paternalsurname maternalsurname
        patronymic middleinitial middleinitials lastnamefirst formattedname sortname commonname distinguishedname
        stagename penname artistname birthsurname marriedname formername previousname previousnames signername signatory
        signatoryname witnessname nomineename policyholder policyholdername nameoncard cardholderfullname
        emergencycontact emergencycontactname contactperson contactfullname pointofcontact pointcontact
        personresponsible mothermaidenname mothersmaidenname mothersname fathersname spousesname husbandname wifename
        childname parentname guardianname teachername doctorname physicianname attendingphysician referringphysician
        familydoctor accountmanager salesperson salesrepname linemanager lineofficer casemanager caseworker socialworker
        teamleader headofhousehold phoneticname furigana kana nameinlocallanguage vorundnachname nameatbirth
        birthfullname personfullname userfullname realfullname peoplenames namefull namelast namefirst usersname
        callername calleename
    """,
    "email": """
        emailid mailid gmail hotmail emailalias paypalemail workmail privatemail emailto emailfrom mailfrom rcptto
        sendto mailbox rfc822mailbox notificationemail useremail loginemail contactmail emaillogin unverifiedemail
        pendingemail newemail oldemail previousemail
    """,
    "phone": """
        contactno contactnumber contactnum mobileno mobno mobilenum phno phnumber phonenum cellno cellular handphone
        nohp callbacknumber pager pagernumber facsimile facsimiletelephonenumber telephonenumbers homephonenumber
        officephone daytimephone eveningphone nightphone callingnumber callednumber callernumber calleenumber
        dialednumber dialledno viber smsphone e164 whatsappno whatsappnumber telegramphone emergencyno phonework
        phonehome phonecell mobilephoneno subscriberphone contacttel altphone alternatephone alternatenumber
    """,
    "street": """
        thoroughfare formattedaddress permanentaddress presentaddress currentaddress correspondenceaddress
        residentialaddr homeaddr streetnumber streetno houseno doorno doornumber flatno flatnumber unitnumber
        apartmentno aptno suitenumber buildingnumber postofficebox homepostaladdress registeredaddress physicaladdress
        pickupaddress dropoffaddress dropaddress serviceaddress siteaddress propertyaddress installationaddress
        addressfull addresslines adr1 adr2 addr1 addr2 addr3 line3 streetaddress1 streetaddress2 street1 street2
        dependentthoroughfare premisenumber previousaddress forwardingaddress returnaddress workaddress officeaddress
        collectionaddress meetingpoint addressdetail addressdetails
    """,
    "city": """
        nativeplace birthdistrict birthprovince birthtown posttown postaltown townofbirth residencetown placeresidence
        hometownname cityresidence
    """,
    "postcode": "eircode zippostalcode postalzip pobcode zipcodes zipplus4 outcode homezip areapin",
    "coordinates": """
        geolocation lonlat latlong longlat geohash what3words pluscode lastknownlocation currentlocation geocoordinates
        geocode geopos homelat homelng homelon lastlat lastlng lastlon pickuplat pickuplng dropofflat dropofflng latlngs
        gpscoordinates gpstrack waypoints trajectory easting northing altitudegps loclat loclng
    """,
    "birth_date": """
        birthtime timebirth birthhour birthts birthmonth birthyearmonth dateofbirthday doby birthdatetime birthdaydate
        dobirth bornon bornat bornyear yearofbirth ageband birthdaymonth
    """,
    "card": """
        cardnum cardnumbers ccno maskedpan maskedcard maskedcardnumber cardlast4 cardlastfour last4digits lastfourdigits
        cardlastdigits primaryaccountnumber paymentcard paymentcardnumber giftcardnumber
    """,
    "iban": "ibanno bankaccountiban payoutiban ibancode",
    "account": """
        policycode policyref policereportnumber policereportno reportnumberpolice badge accno acno accountnum acctnumber
        bankacct bankaccno bankacctno routingno routing abarouting bsb clabe upiid walletaddress btcaddress
        bitcoinaddress ethaddress ethereumaddress cryptoaddress cryptowallet publicaddress paypalid payid paypalaccount
        venmo cashtag stripecustomerid customerno custno custnum clientno clientnumber clientnum subscribernumber
        subscriberno memberno membershipid membershipno loyaltyid loyaltycard loyaltyno rewardsnumber rewardsid
        frequentflyer frequentflyerno ffnumber librarycard librarycardnumber badgenumber badgeid badgeno employeecode
        employeeno empno empcode staffnumber staffno staffcode payrollnumber payrollid payrollno personnelnumber
        personnelno rollnumber rollno enrollmentnumber enrolmentnumber admissionnumber admissionno matriculationnumber
        matriculation studentno candidatenumber applicantnumber patientno hospitalnumber chartnumber medicalrecordno
        policyid insuranceid claimnumber insuranceno insurancepolicynumber meternumber meterno meterserial mpan mprn
        meterpoint recordlocator donornumber voterregistration inmatenumber prisonernumber dockerid pilotlicense
        agentcode taxaccount utilityaccount sepamandate mandatereference sepamandatereference personnumber
    """,
    "national_id": """
        epicno epicnumber idproof idproofno idproofnumber proofnumber nationalinsurance nationalinsuranceno nationalidno
        nationalidentity nationalidentifier identitydocument identitydocumentnumber iddocumentnumber idno idnum
        passportid passportnum passportnr passports permitnumber workpermit workpermitnumber visano visanum greencard
        greencardnumber aliennumber alienregistrationnumber driverlicenseno driverlicencenumber driverslicence
        driverslicensenumber drivinglicencenumber drivinglicensenumber dlno dlnumber licencenumber licenceno licenseno
        voterid voternumber voteridnumber pannumber panno aadhar aadharno aadharnumber aadhaarno aadhaarnumber gstin
        nric hkid nhs nhsno medicareno medicareid medicaid medicaidid medicaidnumber healthcard healthcardnumber
        healthnumber healthid phn npi npinumber deanumber ssnlast4 last4ssn ssnno ssnlastfour fiscalcode taxpayerid
        taxpayernumber taxpayerno taxreference taxidno citizenid citizennumber citizenshipnumber civilid residentid
        residenceid residentnumber residencepermitnumber mykad emiratesid iqama cnic socialinsurance
        socialinsurancenumber socialinsuranceno socialid socialno personalid personalidnumber personalno personalnumber
        personalcode identitycode identityno identificationno identificationnumber idcardno idcardnum governmentidnumber
        govid statecardid stateid stateidnumber militaryid militarynumber knowntravelernumber travelernumber
        redressnumber traveldocument traveldocumentnumber seamanbook taxfilenumber taxno vatno vatid companyregno
        bankverificationnumber idserial ninumber knowntraveler
    """,
    "ip": """
        ipv4 ipadr ipadresses ipaddresses xforwardedfor xrealip realip forwardedfor userip ipaddress4 ipaddress6 hostip
        registrationip signupip createdip lastloginip visitorip srcip dstip sourceaddr peerip callerip lastseenip
        originip deviceip publicip privateip localip actorip
    """,
    "mac": """
        bssid wifimacaddress blemac bluetoothmac bluetoothid ethernetaddress routermac hwaddress macid macadr
    """,
    "url": """
        displayimage profilethumb userthumbnail signurl signpath profilepath profilefile photopath photoid photofile
        avatarfile selfiepath facepath profilelink profileuri photolink pictureurl portfoliourl portfoliolink blogurl
        personalsite personalurl homepageurl facebooklink linkedinprofile linkedinlink instagramlink instagramurl
        twitterurl githuburl xingurl resumeurl cvurl resumelink cvlink avatarpath avatarlink avatarimage headshot
        headshoturl mugshot selfieurl gravatar gravatarurl userimage userphoto userpicture userpic userimg profilepic
        profilepicurl profilepictureurl profileimageurl profileimg profilephotourl profileavatar displaypicture
        coverphoto passportphoto passportphotourl idphoto idphotourl idimage licensephoto signatureurl signatureimage
        signatureimageurl thumbnailphoto jpegphoto labeleduri webpage weburl websiteurl socialurl sociallinks sociallink
        socials videocv faceurl facephoto faceimage facephotourl idscan idscanurl idcardphoto idcardimage passportimage
        passportscanurl documentphoto patientphoto studentphoto memberphoto
    """,
    "user_agent": "agentstring browserua clientuseragent uastring rawuseragent browserstring",
    "username": """
        chatid chatuserid chatname loginid preferredusername memberusername accountname mastodon bluesky youtubechannel
        twitch twitchid twitchlogin reddit redditusername pinterest tumblr steam steamid xboxgamertag psnid battletag
        epicgamesid spotify spotifyid soundcloud github githubid gitlab bitbucket stackoverflow keybase lineid kakao
        kakaoid kakaotalk vkid vkontakte odnoklassniki weibo viberid jabber xmpp skypename zoomid teamsid
        userprincipalname samaccountname ntlogin ldapuid ldapid ssoid openid unionid microsoftid linkedinid linkedin
        instagramid instagramhandle instagramusername tiktokid tiktokhandle telegramid telegramusername telegramhandle
        telegramchatid tgid tgusername facebookuserid fbid fbuserid fbusername googleuserid googlesub appleuserid
        applesub twitterusername twitteruserid discordusername discordtag slackuserid slackhandle slackusername
        snapchatusername wechatopenid wechatusername xhandle socialhandle socialhandles playertag playername ingamename
        screenname onlinename auth0id oauthid matrixid ircnick externaluserid userlogin useraccount orcid orcidid
        authname posterhandle
    """,
    "plate": """
        regplate registrationplate carregistration carreg carregno vehiclenumber vehicleno vehiclereg vehicleregno
        vehicleplate vehicleplateno plateno platenum licenceplateno licenseplatenumber licensetag carplate carlicense
        carplatenumber chassisno chassisnumber enginenumber vinnumber vincode vinno taxinumber truckplate trailerplate
        tailnumber hullnumber tollid transponderid bikeframenumber
    """,
    "company": """
        currentemployer previousemployer lastemployer formeremployer currentcompany placeofwork placework workplace
        workplacename nameofemployer legalentityname tradename doingbusinessas companylegalname registeredbusinessname
        clientcompany customercompany
    """,
}

WEAK: dict[str, str] = {
    "name": """
        driver rider courier guest landlord occupant resident borrower coborrower cosigner guarantor lessee lessor
        applicant candidate teacher instructor professor lecturer tutor coach advisor adviser counsellor counselor
        physician doctor nurse surgeon prescriber therapist dentist caregiver carer lawyer attorney judge plaintiff
        defendant witness victim suspect inspector broker recruiter interviewer referee player athlete author authors
        coauthor coauthors writer translator illustrator speaker speakers presenter organizer organiser attendee
        attendees participant participants invitee delegate crew pilot captain skipper insured subscriber claimant donor
        voter bride groom spouse husband wife partner fiance sibling siblings son daughter mother father parent parents
        kin child heir executor trustee nominee buyer seller customer client patient student member employee staff user
        person people who whom creator submitter requester requestor assignees attention fao mentor mentee host breeder
        groomer veterinarian vet farmer fan follower followers friend friends cast director actors actor artist singer
        conductor soloist honoree signer signee signedby notary aka cn
    """,
    "actor": """
        approver approvedby verifiedby checkedby signedoffby createduser preparedby recordedby loggedby bookedby
        orderedby soldby servedby takenby issuedby cancelledby canceledby closedby resolvedby escalatedto owner ownedby
        referredby invitedby addedby authoredby writtenby performedby administeredby prescribedby examinedby
        interviewedby inspectedby deliveredby receivedby collectedby witnessedby lastmodifiedby lasteditedby
        modifiedbyuser caller callee dispatcher technician engineer operatorname cashier clerk teller
    """,
    "street": """
        premises premise flat house apartment apt suite landmark vicinity crossstreet pickup dropoff destination
        whereabouts shipto billto soldto
    """,
    "city": "township birthplacecity cityname townname homecity placename",
    "coordinates": "geo loc geom geometry",
    "account": """
        reportnumber referencenumber customerref clientref membercode clientcode customercode patientcode studentcode
        subscribercode caseid casenumber bookingreference bookingref reservationnumber cbu upi vpa pnr
    """,
    "national_id": """
        docnumber documentnumber documentno docno licence license permit passnumber certificatenumber abn tfn utr nin
        bvn
    """,
    "username": "sub principal externalid networkid sso threads youtube psn qq vk icq msn irc upn ign",
    "url": "profile blog web site link portfolio photos",
    "company": "organization organisation org employers school university college dba",
    "email": "bcc",
    "ip": "xff",
    "plate": "registrationnumber registrationno regno vrm vrn",
}
