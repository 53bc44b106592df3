"""Common names of many countries, folded: by them a text is taken for a person's name."""

from __future__ import annotations

from anonymizer.masks import locales
from anonymizer.masks.words import FIRST_NAMES, LAST_NAMES
from anonymizer.scan.compounds import fold

_MORE = """
    aaron abigail achim adele adrian adriana agata agnes agnieszka aino albert alberto alejandra alejandro aleksander
    aleksandra alessandra alessandro alex alexander alexandra alexandre alexis alfred alfredo alice alicia alina
    allison alma amanda amber amelia amelie amy ana anders andre andrea andreas andres andrew andrzej angela angelika
    angelo anita anja anke anna anne annette annika antje antonia antonio april arne arthur artur ashley august aurelie
    austin axel barbara bartosz beata beate belen benedikt benjamin benoit bernard bernd bert berta bettina birgit
    birgitta bjorn blanca bob bogdan brandon brenda brian brigitte britta brittany bruce caio camila camille carl carlo
    carlos carol carolina caroline carsten catarina catherine cecilia celine charles charlotte cheryl chris christa
    christian christiane christina christine christoph christophe christopher cindy claire clara claude claudia claudio
    claus clemens colin connor corinna cornelia craig cristian cristina cynthia dagmar damian damien daniela daniele
    danielle danuta dariusz darren dave dawn dean debbie deborah denis denise dennis derek detlef diana diane diego
    dieter dirk dominik dominique donald donna dora doris dorota dorothea douglas duncan dylan eduard eduardo edward
    edwin eileen elaine eleanor elfriede elias elisa elisabeth elise elizabeth elke ella ellen elodie els elsa elvira
    emilia emilie emily emmanuel enrique eric erica erich erika erin ernst erwin estelle ethan eugenia evelyn ewa
    fabian fabio fatma federica federico felicia fernanda fernando filip florence florian frances francesca francesco
    francis francisca francisco francois francoise frank franz fred frederic frederik friedrich fritz gabriel gabriela
    gabriele gary gemma genevieve geoffrey georg george georges gerald gerard gerd gerda gerhard gertrud gilbert
    giorgio giovanni gisela giulia giuseppe gloria goran gordon grace graham graziella greg gregor gregory grzegorz
    guido guillaume gunnar gunter gunther gustav guy hakan hannah hanne hans harald harold harry heather hector heidi
    heike heiko heinrich heinz helen helena helene helga helmut hendrik henri henrik henry herbert hermann hilda hilde
    holger horst howard hubert ian ignacio inga inge ingo irena irene irina irma isaac isabel isabella isabelle ivo
    iwona jaap jack jackie jacob jacqueline jacques jakob jakub james jamie jane janet janice janina janusz jason
    javier jean jeanne jeff jeffrey jennifer jens jeremy jerome jerzy jesse jessica jesus jill jim joan joana joanna
    joao joaquin jochen joe johan johann johanna johannes john johnny jolanta jonathan jorg jose josef josefine joseph
    joshua joyce jozef juan juana julia julian juliana julie julien jurgen justin justyna kai karen karl karolina
    karsten katarina katarzyna kate katharina katherine kathleen kathrin katja katrin kazimierz keith kelly ken kenneth
    kerstin kevin kim kirsten klaus kristian kristin kristina krystyna krzysztof kurt kyle larry lars-erik laura lauren
    laurence laurent leandro lech lennart leon leonard leonie leonor leslie leszek linda lindsay lindsey lisa lorena
    lorenzo lothar louis louise luc luca lucas lucia lucie lucy ludwig luigi luisa lukas lukasz lutz lydia lynn maciej
    madeleine magda magdalena magnus malgorzata manfred manon manuel manuela marc marcel marcela marcelo marcin marcus
    marek margaret margarita margit maria marian mariana marianne marie marina mario marion mariusz mark markus marleen
    marlene marten martha martin martina mary mateusz mathias mathieu mats matteo matthew matthias maurice mauricio max
    maximilian megan melanie melissa mercedes mia michael michaela michal michel michele michelle miguel mikael mike
    mikolaj milena miriam miroslaw mohamed mohammed monica monika monique moritz nadine nancy natalia natalie nathalie
    nathan nicholas nick nico nicola nicolai nicolas nicole niels nils norbert nuno oliver olivia olivier oscar oswald
    pablo pamela paola paolo pascal patrice patricia patrick patrik paul paulina pauline paulo pawel pedro peggy peter
    philip philipp philippe phillip pia pierre pieter pilar piotr rachel rafal rainer ralf ralph ramon raphael raquel
    raul raymond rebecca regina reinhard remi renata renate rene ricardo richard rita robert roberto robin roger roland
    rolf romain roman ronald rosemarie roy rudolf russell ryan sabine sabrina sally salvatore sam samantha samuel
    sandra sandro santiago sarah sascha sean sebastian sergio sharon sibylle siegfried sigrid silke silvia simon simona
    simone slawomir sofie sonia sonja sophia sophie stanislaw stefan stefania stefanie stefano steffen stephan
    stephanie stephen steve steven susan susana susanna susanne sven-erik svenja sylvia sylvie szymon tadeusz tamara
    tanja tatiana teresa terry theodor theresa therese thierry thomas thorsten tiago tiffany tim timothy tina tobias
    todd tom tomasz toni tony torsten tracy travis tristan tyler ulla ulrich ulrike ursula ute uwe valentin valentina
    valerie vanessa veronica veronika veronique victor victoria viktor vincent vincenzo virginia virginie viviane
    volker waldemar walter wanda werner wesley wiebke wilfried wilhelm willem willi william wim wojciech wolfgang
    xavier yannick yves yvonne zachary zbigniew zdzislaw zofia zuzanna
""".split()

# Those that are words of daily life as well would make persons of things.
_WORDS = frozenset(
    """
    ada era ion luna ola sol
    amber april art august bill chase dawn dean faith frank grace grant hope iris joy june lee mark max may page ray
    rose sky stella summer violet will
    """.split()
)
# Of further countries, as they are written in Latin letters.
_WIDER = """
    aarav aditi aditya ahmad ahmed ahmet aisha akira aleksandr alexei aliaksandr amina amir amit ananya anastasia anil
    anja anneli antti anton arash arjun arif asha ayse aylin aziz bayu bence bilal bogdan boris burak canan carmen cem
    chidi chinwe chloe cristina dagfinn dewi dilara dimitra dimitri dmitri dmitry dragan dusan eero ekaterina elena
    elif emeka emre eszter eva fadi farah faruk fatih fatma ferenc freja frida gabor georgios giorgos gita goran
    gyorgy hana hanna haruto hassan hatice hiroshi hoang huan huseyin ibrahim igor ilona imran indah inna ioana ion
    irina ismail istvan ivan ivana jana jarno jaroslav jasmin jasmina jelena jiri joko jovan juha jukka kaan kaisa
    kamal karim karin katerina kavita kemal kenji khalid konstantinos kofi kwame ladislav lamine lars leila lena
    levente ljubica ludmila maja malik manoj mansour marija marta mehdi mehmet mei mihai mikhail mikko milan milica
    milos minh miroslav mohamad mohammad moussa murat mustafa nadia nasser natasha neha nguyen nikola nikolai nikos
    nina nur nurul ola oleg olena olga omar oksana ole pekka petar petr petra pooja pradeep prakash priya putri radu
    rahul rajesh ravi razvan riitta rina riya rohan sakura salma samir sana sandeep sanjay selin sergei sergey serkan
    shreya siti slavica soren stavros sunita suresh svetlana takashi tamas tanaka tarik tatiana tatjana temitope
    thanh thi tomas tomislav usman vaclav vasile vesna vijay vikram viktoria vladimir wei xiaoming yasmin yosef yuki
    yuri yusuf zainab zeynep zoltan zoran zsofia agus budi eko slamet sri wayan ketut asep rizky
""".split()
_LATIN = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv")


def _told(which: int) -> set[str]:
    """Give the given names (0) or family names (1) of the masks' word tables."""
    return {fold(name) for locale in _LATIN for name in locales.names(locale)[which]}


GIVEN_NAMES = frozenset(_MORE).union(_WIDER, map(fold, FIRST_NAMES), _told(0)) - _WORDS
FAMILY_NAMES = frozenset(map(fold, LAST_NAMES)).union(
    _told(1),
    """
    smith johnson williams brown jones miller davis rodriguez martinez wilson anderson taylor thomas moore jackson
    white harris clark lewis robinson walker young allen king wright scott hill green adams baker nelson mitchell
    roberts phillips campbell turner parker edwards collins stewart morris muller schneider schulz schafer bauer wagner
    neumann schwarz zimmermann braun kruger hofmann hartmann lange schmitt krause kramer vogt jung kohler bernard
    dupont durand leroy simon laurent lefebvre michel bertrand roux vincent fournier girard bonnet mercier gonzalez
    fernandez sanchez perez jimenez hernandez moreno munoz alonso gutierrez romero navarro dominguez ramos serrano
    blanco ferrari esposito colombo romano bruno galli giordano rizzo lombardi moretti barbieri vries berg dijk visser
    smit meijer boer mulder bos vos peters hendriks dekker brouwer sousa oliveira rodrigues fernandes goncalves almeida
    ribeiro carvalho teixeira moreira nowak wisniewski wojcik kowalczyk kaminski lewandowski zielinski szymanski
    wozniak dabrowski andersson karlsson nilsson eriksson svensson persson gustafsson pettersson lindberg lindstrom
    lindqvist bergstrom
    """.split(),
)
