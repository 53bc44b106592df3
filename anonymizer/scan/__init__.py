"""Looks at a database and drafts rules for it: what is where, what of it is personal, and why one may think so.

    survey      reads documents, many or all, once
    shape       the tree of paths with what stands at each, in bounded memory
    summary     what is remembered of the values of one path
    signals     what a single value reads like
    names       what a path's name says, by `lexicon`
    verdict     name and values together: personal, plain, or for a person to decide
    references  which paths hold the same values
    draft       the rules, as YAML with the evidence

Nothing of this is loaded by the other verbs. No value leaves it: only paths, types, shares and kinds do.
"""
