"""The words of pseudonyms: common names of many countries; streets and towns made up, so that they are nobody's."""

from __future__ import annotations

FIRST_NAMES = tuple(
    """
    Ada Adam Aisha Alan Alba Amara Amir Ana Andrei Anika Anouk Anton Arjun Asha Astrid Beatriz Ben Bianca Bilal Boris
    Bruno Carla Carmen Cedric Chiara Chloe Clara Daan Dalia Daniel Daria David Dina Dmitri Edith Elena Eli Elif Emil
    Emma Enzo Erik Esther Eva Fatima Felix Fiona Flora Freya Gina Greta Hana Hanna Hassan Hugo Ida Ilse Imani Ines
    Ingrid Iris Ivan Jada Jan Jana Jasmin Joel Jonas Jorge Judith Jules Juno Karim Karin Katya Kenji Kofi Lara Lars
    Layla Lea Leila Lena Leo Liam Lina Lucia Luis Luka Mai Malik Mara Marco Maren Mariam Marta Mateo Maya Mei Mila
    Milan Mina Mira Nadia Naomi Nina Noah Nora Olga Omar Oskar Otto Paula Petra Priya Rafael Ravi Rosa Ruben Ruth
    Samir Sara Selma Sofia Stella Sven Tara Theo Tomas Vera Yara Yuki Zoe
    """.split()
)[:128]
LAST_NAMES = tuple(
    """
    Abbas Abe Adler Ahmed Alvarez Andersen Arslan Bailey Bakker Banerjee Barros Bauer Becker Bennett Berg Bianchi
    Blanc Bosch Brandt Bruun Calder Campos Carter Castro Chen Cohen Conti Costa Cruz Dahl Davies Demir Diaz Dietrich
    Dubois Duarte Ekman Engel Evans Farrell Fischer Flores Fontaine Foster Franke Fuchs Gallo Garcia Gibson Gomez
    Graham Greco Gupta Haas Hansen Hart Hayashi Herrera Hoffman Holm Horvath Hughes Ibrahim Ito Ivanov Jansen Jensen
    Johansson Joshi Kaya Keller Khan Kim Klein Koch Kovacs Kowalski Kruger Kumar Lambert Larsen Lee Lehmann Lindgren
    Lopez Lund Maas Marino Martin Mehta Mendes Meyer Moreau Morgan Mori Mueller Murphy Nagy Nakamura Nguyen Nielsen
    Novak Okafor Olsen Ortega Osei Park Patel Pereira Peters Popescu Rao Reyes Ricci Richter Rossi Ruiz Russo Salazar
    Santos Sato Schmidt Silva Singh Suzuki Tanaka Torres Vidal Visser Vogel Wagner Walsh Weber Winter Wolf Yilmaz
    """.split()
)[:128]
PLACE_STARTS = tuple(
    """
    Quill Thorn Ember Brim Sable Fenn Marl Wisp Corr Drift Hollo Pell Ravel Sorrel Tansy Umber Vesper Willo Yarrow
    Zephy Larkspur Mossen Nettle Ochre Plover Quartz Rushen Sedge Teasel Bracken Cobble Dapple
    """.split()
)
PLACE_ENDS = tuple(
    """
    wick mere dale holt combe stead fell garth hythe leigh moor ness rigg shaw thwaite toft beck burn by den don ey
    ford gate ham hurst low mouth over pool sett worth
    """.split()
)
STREET_KINDS = (
    "Street",
    "Road",
    "Lane",
    "Way",
    "Court",
    "Close",
    "Row",
    "Walk",
    "Rise",
    "Mews",
    "Grove",
    "Terrace",
    "Drive",
    "Path",
    "Yard",
    "Square",
)
LOREM = (
    "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore "
    "magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo "
    "consequat duis aute irure in reprehenderit voluptate velit esse cillum eu fugiat nulla pariatur excepteur "
    "sint occaecat cupidatat non proident sunt culpa qui officia deserunt mollit anim id est laborum sed "
    "perspiciatis unde omnis iste natus error voluptatem accusantium doloremque laudantium totam rem aperiam "
    "eaque ipsa quae ab illo inventore veritatis quasi architecto beatae vitae dicta explicabo nemo ipsam quia "
    "voluptas aspernatur aut odit fugit consequuntur "
)
_SIZES = (len(FIRST_NAMES), len(LAST_NAMES), len(PLACE_STARTS), len(PLACE_ENDS), len(STREET_KINDS))
assert _SIZES == (128, 128, 32, 32, 16)  # noqa: S101 (masks pick a word by bits)
