"""Looks at a database and drafts rules for it: what is where, what of it is personal, and why one may think so.

    survey      reads documents, many or all, once
    shape       the tree of paths with what stands at each, in bounded memory
    summary     what is remembered of the values of one path
    signals     what a single value reads like, by `patterns` and libraries that know formats
    names       what a path's name says: its words, taken apart by `compounds`, by `lexicon` and `surroundings`
    values      what values say whatever the name is
    verdict     name and values together: personal, plain, or for a person to decide
    pairs       keys that say what the value beside them is
    findings    all paths of a collection, each also by what is around it
    references  which paths hold the same values
    draft       the rules, as YAML with the evidence
    proposals   what a draft proposes beside its rules, for a person to confirm
    check       what rules do not fit any more, by what is `remembered`

Nothing of this is loaded by the other verbs. No value leaves it: only paths, types, shares and kinds do.
"""
