"""What the rules know: abbreviations by class, sentence starters, months, speech verbs, agencies.

Every entry stands without its final stop. An entry in lower case matches any case; one with a capital
matches as written, and in capitals (``Gen`` matches "Gen" and "GEN", not "gen"). Words were chosen from
general knowledge of each language; none is here because one text needed it.

No rule is here, only the words that rules ask for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache

__all__ = [
    "AFTER_HOURS",
    "LETTER_NOUNS",
    "MONTH_NAMES",
    "ROMAN",
    "SPEECH",
    "SUFFIXES",
    "Class",
    "Words",
    "words_of",
]


class Class(Enum):
    """How an abbreviation behaves before a word that could begin a sentence."""

    TITLE = "never ends a sentence before a capital: Dr. Moravec"
    NUMBERED = "binds to a number, else the next word decides: p. 31"
    WORD = "binds to a number, else it is an ordinary word: no. 17, no. Nobody"
    MONTH = "binds to a number, else the next word decides: Feb. 3"
    FIRM = "the next word decides: Norvik Inc. The buyer"
    NEVER = "never ends a sentence: e.g. Allen keys"
    LOOSE = "ends a sentence before a capital: at 6 p.m. Deliveries"
    YEAR = "ends a sentence after a number, else names a place: в 1903 г. Его, г. Орск"


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


ABBREVIATIONS: dict[str, dict[Class, str]] = {
    "en": {
        Class.TITLE: """
            Mr Mrs Ms Mx Messrs Mmes Dr Drs Prof Rev Fr Hon Gen Lt Col Maj Capt Cpt Cmdr Cdr Comdr Adm Sgt
            Cpl Pvt Brig Sen Rep Reps Sens Gov Govs Pres Amb Insp Det Sec-Gen Atty Asst Assoc Dir Mgr St
            Ste Mt Ft Pt Msgr Bp Archbp Hon Rt Ald Cllr Pfc Spc Ens Lieut Maj-Gen Lt-Gen Lt-Col Mme Mlle
            Supt Pte Flt Sqn Wg Gp Vice-Adm Rear-Adm Chas Wm Geo Thos Jas Jos Benj Sec
        """,
        Class.NUMBERED: "p pp vol vols chap para paras n° nº № ed pg pgs tel nr appx",
        Class.WORD: """
            no nos art sec sect op bk fol item col c b d m min max fig figs ch eds par cl eq eqs ex exs
            ext tab app ref refs
        """,
        Class.MONTH: """
            Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Weds Thu Thur Thurs Fri
        """,
        Class.FIRM: """
            inc corp co cos ltd llc llp plc bros mfg intl assn assoc dept univ inst u.s u.s.a u.k u.n e.u
            u.a.e u.s.s.r d.c l.a n.y n.j al Jr Sr Esq gmbh s.a s.p.a n.v b.v a.g ave blvd rd hwy pkwy sq
            bldg Calif Mass Conn Penn Fla Mich Minn Wis Tenn Ariz Colo Okla Nev Ill Ind Kan Ky La Md Mo
            Mont Neb Ore Pa Tex Va Vt Wash Wyo Ala Ark Del Ga Ont Que
        """,
        Class.NEVER: "e.g eg i.e ie cf viz vs v approx esp incl excl resp n.b p.s w.r.t a.k.a aka c.f",
        Class.LOOSE: """
            a.m p.m etc b.c a.d b.c.e c.e ph.d m.a b.a m.sc b.sc m.d ll.m ll.b d.phil mph est e.t p.t
            e.s.t p.s.t g.m.t u.t.c
        """,
    },
    "de": {
        Class.TITLE: """
            Hr Hrn Fr Frl Dr Prof Dipl Ing Mag Hl Gebr Frhr Abg Bgm Med Jur Phil Rer Nat dipl.-ing dr.-ing
            prof.-dr h.c
        """,
        Class.NUMBERED: "nr nrn bd bde abs abb tab kap ziff zif rn rdnr anm lfd tsd",
        Class.WORD: "art s",
        Class.MONTH: "Jän Feb Mrz Apr Aug Sept Okt Nov Dez Mo Di Mi Do Sa So",
        Class.FIRM: "str co mio mrd jh jhd jhdt hbf ges abt allg a.d a.m i.br",
        Class.NEVER: """
            z.b zb d.h dh u.a u.ä u.u i.d.r i.a i.v o.ä o.g s.o s.u v.a vgl bzw ca ggf evtl inkl exkl zzgl
            bspw geb gest sog gem lt insb insbes bzgl u.z m.e z.t z.zt m.a.w a.a.o hrsg
        """,
        Class.LOOSE: "usw etc usf v.chr n.chr u.s.w u.v.m uvm",
    },
    "fr": {
        Class.TITLE: "M MM Mme Mmes Mlle Mlles Me Mgr Dr Pr St Ste Vve Cdt Cne Gal Col",
        Class.NUMBERED: "n° nº no nos p pp vol t chap fig art al éd tél bd av § réf",
        Class.FIRM: "cie éts sté bd av s.a s.a.r.l",
        Class.NEVER: "p.ex ex cf c.-à-d c.à.d env c-à-d",
        Class.LOOSE: "etc j.-c av.j.-c apr.j.-c",
    },
    "es": {
        Class.TITLE: """
            Sr Sra Srta Sres Sras Srs D Dn Dña Da Dr Dra Dres Ud Uds Vd Vds Lic Ing Arq Prof Profa Gral
            Cnel Sto Sta
        """,
        Class.NUMBERED: "núm núms nº pág págs p pp vol cap fig art arts tel tfno av avda ctra c/",
        Class.FIRM: "ee.uu ee uu rr.hh ff.aa jj.oo cía s.a s.l hnos",
        Class.NEVER: "p.ej ej aprox a.k.a",
        Class.LOOSE: "etc a.c d.c a.m p.m a.e.c",
    },
    "it": {
        Class.TITLE: """
            Sig Sigg Sigra Dott Dottssa Avv Ing Arch Geom Prof Profssa On Sen Gen Col Cap Mons S Ss Egr
            Gent
        """,
        Class.NUMBERED: "n nn pag pagg p pp vol cap fig art artt tel",
        Class.FIRM: "s.p.a s.r.l u.s.a f.lli",
        Class.NEVER: "p.es es cfr ca c.d",
        Class.LOOSE: "ecc a.c d.c",
    },
    "pt": {
        Class.TITLE: "Sr Sra Srs Sras Srta Dr Dra Drs Prof Profa Eng Exmo Exma Ilmo Gen Cel Cap Sto Sta D",
        Class.NUMBERED: "n.º nº núm pág págs p pp vol cap fig art arts tel av",
        Class.FIRM: "e.u.a cia ltda s.a",
        Class.NEVER: "p.ex ex aprox",
        Class.LOOSE: "etc a.c d.c",
    },
    "nl": {
        Class.TITLE: "dhr mevr mw drs ir ing mr dr prof ds st sr jhr",
        Class.NUMBERED: "nr nrs blz p pp art hfst afb tel",
        Class.FIRM: "b.v n.v",
        Class.NEVER: "bijv bv o.a d.w.z m.a.w t.o.v m.b.t i.p.v t.a.v ca incl excl resp zgn z.g o.l.v",
        Class.LOOSE: "enz e.d etc v.chr n.chr",
    },
    "sv": {
        Class.TITLE: "hr fr dr prof",
        Class.NUMBERED: "nr s sid kap art kl tel",
        Class.NEVER: "t.ex bl.a d.v.s dvs s.k ca jfr resp f.d fr.o.m t.o.m m.a.o p.g.a",
        Class.LOOSE: "osv m.m etc f.kr e.kr",
    },
    "da": {
        Class.TITLE: "hr fr dr prof sct skt",
        Class.NUMBERED: "nr s kap art kl tlf stk",
        Class.NEVER: "f.eks fx bl.a dvs d.v.s ca jf jfr pga p.g.a ifm vedr inkl ekskl mht",
        Class.LOOSE: "osv m.m mv etc f.kr e.kr",
    },
    "no": {
        Class.TITLE: "hr fr dr prof st",
        Class.NUMBERED: "nr s kap art kl tlf",
        Class.NEVER: "f.eks bl.a dvs d.v.s ca jf jfr pga p.g.a ifm inkl ekskl mht",
        Class.LOOSE: "osv m.m mv etc f.kr e.kr",
    },
    "fi": {
        Class.TITLE: "hra rva nti tri prof toht",
        Class.NUMBERED: "nro n:o s klo puh",
        Class.NEVER: "esim ts ns ent mm n vrt ks t.s",
        Class.LOOSE: "jne yms ym jkr ekr",
    },
    "hu": {
        Class.TITLE: "dr id ifj özv prof szt",
        Class.NUMBERED: "sz old tel",
        Class.NEVER: "pl kb ill ún u.n vö ti ld",
        Class.LOOSE: "stb i.sz i.e kr.e kr.u",
    },
    "ro": {
        Class.TITLE: "dl dna dr prof ing av gen sf",
        Class.NUMBERED: "nr pag p art alin vol cap tel str",
        Class.NEVER: "ex cca aprox",
        Class.LOOSE: "etc ș.a ş.a î.hr d.hr",
    },
    "ru": {
        Class.TITLE: """
            акад проф доц ген ген-л ген-м полк подп кап лейт серж мл ст гр г-н г-жа г-ну г-же г-ном г-на
            г-жи г-жой гг-н д-р д-ра д-ром тов св о им ул пл пер просп пр-т пр-кт бул б-р наб ш пос дер с
            хут пгт обл р-н оз р-ка м-р ин-т ред сост худ реж комп муз зам зав гл директ инж канд докт
            преп мин арх архит худож б бывш корп стр-е эт а/я о-в т-ца
        """,
        Class.NUMBERED: """
            ок рис стр табл гл разд ст ч п пп т тт вып изд прил примеч кв д корп каб тел № оф ауд фиг илл
            прим абз вв в
        """,
        Class.MONTH: "янв фев февр мар апр июн июл авг сен сент окт нояб ноя дек пн вт ср чт пт сб вс",
        Class.NEVER: """
            т.е т.н т.к т.о т.наз см ср напр т.ч в.т.ч ум ориент прибл букв лат греч англ нем фр франц
            итал исп рус др-греч яп кит укр польск араб перс тур санскр сокр род мн ед разг устар кн ум
            р-р
        """,
        Class.LOOSE: """
            др пр проч т.д т.п тыс млн млрд трлн руб коп долл дол евр у.е чел экз шт км м куб.м кв.м кв.км
            кг мин сек л.с н.э до.н.э р.х стб
        """,
        Class.YEAR: "г гг",
    },
}
"""Language (ISO 639-1) -> class -> entries."""

AT_HOME = _set("""
    me M MM D Da On S Ss Me mm n s t d ex es al kl pl ill id ti old ch sz bv mr av fr ing st sr mw ds dh
    zb par art abs geb gest lt gem sog Mo Di Mi Do Sa So Med Jur Phil Nat Mag Ing Cap Sen Col Fr Gal ee uu
    ent ks vrt no nos e.d mv fx gen cap dl av sf str hl
""")
"""Entries used in their own language only (or in English): elsewhere they are words."""

STARTERS: dict[str, str] = {
    "en": """
        The A An This That These Those He She It We They You His Her Its Their Our My There Here In On At
        By For From With Without After Before Since During Until While When Where Why What Who How If But
        And Or So Yet However Although Though Because As Also Then Thus Therefore Meanwhile Moreover
        Nevertheless Instead Later Earlier Now Today Yesterday Tomorrow Last Next Some Many Most Several
        Few Both All Each Every Another Other Others No Not None Nobody Nothing One Two Three Four Five
        Once Only Even Still Just Perhaps Maybe Did Does Do Is Are Was Were Has Have Had Will Would Can
        Could Should May Please According Despite To Under Over Among Between About Around Such Whether
        Let It's He's She's They're That's There's I'm I've We're Can't Don't
    """,
    "de": """
        Der Die Das Den Dem Des Ein Eine Einen Einem Einer Er Sie Es Wir Ihr Ich Man In Im Am An Auf Aus
        Bei Beim Bis Durch Für Gegen Mit Nach Seit Seine Seinen Ihre Ihren Über Um Unter Von Vom Vor
        Während Zu Zum Zur Als Wenn Weil Da Dann Doch Aber Und Oder Auch Noch Nur So Wie Wo Was Wer Warum
        Dies Diese Dieser Dieses Alle Viele Einige Mehrere Jetzt Heute Gestern Später Danach Dort Hier
        Trotz Laut Zwar Allerdings Jedoch Dabei Damit Daher Deshalb Nun Sein Kein Keine Ob Obwohl Nachdem
        Bereits Erst
    """,
    "fr": """
        Le La Les L Un Une Des Du Il Elle Ils Elles On Nous Vous Je Tu Ce Cet Cette Ces Son Sa Ses Leur
        Leurs Mon Ma Mes En Dans Sur Sous Par Pour Avec Sans Après Avant Depuis Pendant Lors Selon Mais Et
        Ou Donc Or Car Si Quand Comme Qui Que Quoi Où Pourquoi Comment Aussi Ainsi Alors Puis Enfin
        Cependant Toutefois Au Aux À Chez Tous Toutes Plusieurs Certains Chaque C'est C’est Ceci Cela Ça
        Malgré Dès Aujourd'hui Hier
    """,
    "es": """
        El La Los Las Un Una Unos Unas Lo Él Ella Ellos Ellas Yo Tú Nosotros Usted Ustedes Su Sus Mi Mis
        Este Esta Estos Estas Ese Esa Esto Eso Aquel En Con Sin Por Para Desde Hasta Según Tras Sobre
        Entre Durante Ante Bajo Pero Y E O Aunque Si Cuando Como Donde Qué Quién Cómo Cuándo Por También
        Además Así Entonces Luego Después Antes Ahora Hoy Ayer Al A Se No Todos Todas Muchos Varios
        Algunos Cada Otro Otra Es Son Fue Era Hay
    """,
    "it": """
        Il Lo La I Gli Le Un Uno Una Egli Lui Lei Loro Noi Voi Io Suo Sua Questo Questa Questi Queste
        Quello Quella In Nel Nella Nei Con Senza Per Da Dal Dalla Su Sul Sulla Tra Fra Secondo Dopo Prima
        Durante Ma E Anche Se Quando Come Dove Chi Che Perché Poi Quindi Tuttavia Inoltre Oggi Ieri Non Si
        È Sono
    """,
    "pt": """
        O A Os As Um Uma Ele Ela Eles Elas Eu Nós Você Vocês Seu Sua Este Esta Esse Essa Isto Isso Aquele
        Em No Na Nos Nas Com Sem Por Para Desde Até Segundo Após Sobre Entre Durante Mas E Ou Se Quando
        Como Onde Quem Que Também Além Assim Então Depois Antes Agora Hoje Ontem Não Há É São
    """,
    "nl": """
        De Het Een Hij Zij Ze Wij We Ik Je Jullie Dit Dat Deze Die In Op Aan Bij Met Zonder Voor Na Van
        Uit Over Onder Tijdens Sinds Volgens Maar En Of Want Als Toen Wanneer Waar Wie Wat Waarom Hoe Ook
        Er Daar Dan Dus Nu Vandaag Gisteren Zijn Haar Hun Alle Veel
    """,
    "sv": """
        Den Det De En Ett Han Hon Vi Ni Jag Man I På Av Med För Från Till Efter Under Men Och Om När Hur
        Vad Vem Där Här Nu Så
    """,
    "da": """
        Den Det De En Et Han Hun Vi I Jeg Man På Af Med For Fra Til Efter Under Men Og Om Når Hvor Hvad
        Hvem Der Her Nu Så
    """,
    "no": """
        Den Det De En Et Ei Han Hun Vi Dere Jeg Man I På Av Med For Fra Til Etter Under Men Og Om Når Hvor
        Hva Hvem Der Her Nå Så
    """,
    "fi": """
        Se Ne Hän He Me Te Minä Sinä Tämä Tuo Nämä Nuo Ja Mutta Kun Jos Koska Myös Sitten Siellä Täällä
        Nyt Ei On
    """,
    "hu": """
        A Az Egy Ez Azok Ezek Ő Ők Mi Ti Én És De Ha Mert Hogy Mikor Amikor Ahol Itt Ott Most Nem Is Van
    """,
    "ro": """
        Un O El Ea Ei Ele Noi Voi Eu Acest Această Acesta În La Cu Fără Pentru Din De Pe După Dar Și Sau
        Dacă Când Unde Cine Ce Nu Este
    """,
    "ru": """
        Он Она Оно Они Мы Вы Я Ты Это Этот Эта Эти Тот Та Те То Его Её Ее Их Наш Ваш Свой В Во На По С Со
        К Ко От До Из Из-за Под Над За Для Без При Про Через После Перед Между У О Об И А Но Или Да Однако
        Хотя Если Когда Где Как Что Кто Почему Зачем Также Тоже Затем Потом Теперь Сейчас Сегодня Вчера
        Завтра Тогда Там Здесь Тут Все Всё Каждый Многие Некоторые Несколько Один Одна Два Три Не Нет Ни
        Уже Ещё Еще Только Даже Поэтому Кроме Согласно Благодаря Вместе Ранее Позже Был Была Было Были
        Есть Так Такой Такие Ведь Вот Пусть Чтобы Который Накануне
    """,
}
"""Words that begin sentences and hardly ever follow an abbreviation as part of a name."""

PARTICLES = _set("La Le Les L De Des Da Di Do Du Die Den El Van Von A E I O Un Y Los Las Al Com")
"""Starters of one language that begin surnames or are letters in another: only used in their own language."""

SPEECH = _set("""
    said says say asked asks ask replied replies answered answers added adds wrote writes told tells
    shouted cried exclaimed whispered explained explains noted notes insisted argued remarked responded
    continued demanded wondered called thought declared announced stressed recalled repeated joked laughed
    screamed yelled quipped sagte fragte antwortete rief meinte erklärte schrieb сказал сказала сказали
    спросил спросила спросили ответил ответила воскликнул воскликнула заявил заявила заявили добавил
    добавила крикнул крикнула подумал подумала отметил отметила пояснил пояснила написал написала
""")
"""Verbs that attribute a quotation when they follow it: "Who pays?" Krull asked."""

LETTER_NOUNS = _set("""
    war type class category phase part plan grade hepatitis vitamin group point option appendix section
    level item exhibit annex stage tier influenza gate hall room block zone line figure table chapter step
    тип класс группа группы план вариант витамин раздел часть корпус
""")
"""Words after which a single capital is a mark, not an initial: World War I."""

MONTH_NAMES = _set("""
    january february march april may june july august september october november december januar februar
    märz april mai juni juli august september oktober november dezember jänner feber janvier février mars
    avril juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio
    agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio settembre
    ottobre dicembre января февраля марта апреля мая июня июля августа сентября октября ноября декабря jan
    feb mar apr jun jul aug sep sept oct nov dec mrz okt dez янв фев февр мар апр июн июл авг сен сент окт
    ноя нояб дек
""")

BEFORE_ORDINALS = _set("""
    am im vom zum beim der dem den des das die ein einem einen einer jeder jedem jeden seinem seinen
    seiner ihrem ihren ihrer bis ab seit und Am Im Vom Zum Der Den Dem Das Die Bis Ab Seit
""")
"""Words that a German ordinal follows; after others a number ends its sentence."""

ORDINAL_NOUNS = _set("""
    jahrhundert jahrhunderts jahrhunderte jahrtausend januar februar märz april mai juni juli august
    september oktober november dezember jänner klasse stock etage platz rang tag woche monat jahr mal
    bundestag bundestages weltkrieg weltkriegs weltkrieges geburtstag todestag jahrestag kapitel auflage
    ausgabe runde liga minute stunde spieltag bezirk armee division korps regiment dynastie januarwoche
    quartal semester halbjahr parteitag amtszeit legislaturperiode
""")
"""Nouns that a German ordinal stands before: am 24. Januar, im 19. Jahrhundert."""

SUFFIXES = _set("""
    com org net edu gov mil int info biz io ai co uk us eu ru ua by kz am az ge tr de fr es it pt nl se dk
    fi pl cz hu ro at ch be jp cn in br au ca tv me js ts py rb go rs cpp md txt pdf doc docx xls xlsx ppt
    pptx csv json xml yaml html htm php asp aspx jsp css jpg jpeg png gif svg mp3 mp4 avi zip gz tar exe
    dll рф рус su
""")
"""Ends of domains and file names: a stop before one of them is no boundary."""

ROMAN = _set("I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI")

AFTER_HOURS = _set("""
    ET EST EDT CT CST CDT MT MST MDT PT PST PDT GMT UTC BST CET CEST EET MSK IST JST AEST Eastern Central
    Pacific Mountain Monday Tuesday Wednesday Thursday Friday Saturday Sunday
""")
"""What follows the hour inside a sentence: at 5 p.m. EST on Friday."""

FIRM_NAMES = _set("Inc Corp Co Ltd LLC Plc")


_TAIL = re.compile(r"(?<=[-/'’])[^-/'’]+\Z")


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The tables of one language, merged with what is safe in any."""

    classes: dict[str, Class]
    starters: frozenset[str]
    small_starters: frozenset[str]
    german: bool

    def class_of(self, word: str) -> Class | None:
        """The class of a word before a stop; else of its last part, after a hyphen, slash or apostrophe."""
        found = self._look(word)
        if found is None and not word.isalpha() and (tail := _TAIL.search(word)):
            found = self._look(tail[0])
        if found is None and self.german and word.endswith("str"):
            return Class.NUMBERED
        return found

    def _look(self, word: str) -> Class | None:
        get = self.classes.get
        return get(word) or get(word.lower()) or (get(word.capitalize()) if word.isupper() else None)


def _entries(language: str) -> Iterator[tuple[str, Class]]:
    for kind, words in ABBREVIATIONS[language].items():
        for word in words.split():
            yield word, kind


@cache
def words_of(language: str) -> Words:
    """English and Russian tables serve any language; the others only at home, or where no word collides."""
    classes: dict[str, Class] = {}
    if language not in ABBREVIATIONS or language == "en":
        for other in ABBREVIATIONS:
            classes.update((w, c) for w, c in _entries(other) if w not in AT_HOME)
    classes.update(_entries("ru"))
    classes.update(_entries("en"))
    if language in ABBREVIATIONS:
        classes.update(_entries(language))
    starters = set(STARTERS["en"].split()) | set(STARTERS["ru"].split())
    if language in STARTERS:
        starters |= set(STARTERS[language].split())
    else:
        starters |= {w for text in STARTERS.values() for w in text.split()} - (PARTICLES - {"A"})
    return Words(classes, frozenset(starters), frozenset(w.lower() for w in starters), language == "de")
