"""The numbers that states give to people and companies: for each, its module in python-stdnum and its form.

The form has a sign for each letter or digit: `#` and `@` are drawn anew (digit, letter), `?` is a check sign that is
found by trying, `=` stays, `YY`, `MM` and `DD` are a date (a year of the same five, a month, a day), a digit stands
for itself. A form for each length that occurs.
"""

from __future__ import annotations

NATIONAL = {
    "at_vnr": ("at.vnr", "###?DDMMYY"),
    "be_nn": ("be.nn", "YYMMDD###??"),
    "bg_egn": ("bg.egn", "YYMMDD###?"),
    "br_cpf": ("br.cpf", "#########??"),
    "ca_sin": ("ca.sin", "########?"),
    "ch_ssn": ("ch.ssn", "===#########?"),
    "cl_rut": ("cl.rut", "########? #######?"),
    "cn_ric": ("cn.ric", "========YYMMDD###?"),
    "cz_rc": ("cz.rc", "YYMMDD###?"),
    "dk_cpr": ("dk.cpr", "DDMMYY####"),
    "ee_ik": ("ee.ik", "=YYMMDD###?"),
    "es_dni": ("es.dni", "########?"),
    "es_nie": ("es.nie", "=#######?"),
    "fi_hetu": ("fi.hetu", "DDMMYY###? DDMMYY=###?"),
    "fr_nir": ("fr.nir", "=YYMM########??"),
    "gb_nhs": ("gb.nhs", "#########?"),
    "hr_oib": ("hr.oib", "##########? ==##########?"),
    "il_idnr": ("il.idnr", "########?"),
    "in_aadhaar": ("in_.aadhaar", "###########?"),
    "it_codicefiscale": ("it.codicefiscale", "@@@@@@YY=DD@###?"),
    "kr_rrn": ("kr.rrn", "YYMMDD=#####?"),
    "lt_asmens": ("lt.asmens", "=YYMMDD###?"),
    "mx_curp": ("mx.curp", "@@@@YYMMDD===@@@#?"),
    "nl_bsn": ("nl.bsn", "########?"),
    "no_fodselsnummer": ("no.fodselsnummer", "DDMMYY###??"),
    "pl_pesel": ("pl.pesel", "YYMMDD####?"),
    "pt_cc": ("pt.cc", "#########@@?"),
    "ro_cnp": ("ro.cnp", "=YYMMDD==###?"),
    "se_personnummer": ("se.personnummer", "YYMMDD###? ==YYMMDD###?"),
    "tr_tckimlik": ("tr.tckimlik", "#########??"),
    "us_ssn": ("us.ssn", "9##0#####"),
    "za_idnr": ("za.idnr", "YYMMDD####=#?"),
}
TAX = {
    "at_uid": ("at.uid", "=#######? ===#######?"),
    "au_abn": ("au.abn", "??#########"),
    "au_tfn": ("au.tfn", "########?"),
    "be_vat": ("be.vat", "=#######?? ===#######??"),
    "br_cnpj": ("br.cnpj", "############??"),
    "ch_uid": ("ch.uid", "===########?"),
    "de_idnr": ("de.idnr", "##########?"),
    "de_vat": ("de.vat", "########? ==########?"),
    "dk_cvr": ("dk.cvr", "#######? ==#######?"),
    "es_cif": ("es.cif", "=#######? ===#######?"),
    "fi_ytunnus": ("fi.ytunnus", "#######?"),
    "fr_siren": ("fr.siren", "########?"),
    "fr_siret": ("fr.siret", "########?####?"),
    "fr_tva": ("fr.tva", "??########? ==??########?"),
    "gb_vat": ("gb.vat", "#######?? ==#######??"),
    "in_pan": ("in_.pan", "@@@=@####@"),
    "it_iva": ("it.iva", "##########? ==##########?"),
    "jp_cn": ("jp.cn", "?############"),
    "nl_btw": ("nl.btw", "########?=== ==########?==="),
    "no_orgnr": ("no.orgnr", "########?"),
    "pl_nip": ("pl.nip", "#########? ==#########?"),
    "pt_nif": ("pt.nif", "########? ==########?"),
    "ru_inn": ("ru.inn", "#########? ##########??"),
    "se_orgnr": ("se.orgnr", "#########?"),
    "us_ein": ("us.ein", "==#######"),
}
# Numbers that no authority gives out: what is made is of no valid range, and does not pass the module's own check.
FICTITIOUS = frozenset({"us_ssn"})
