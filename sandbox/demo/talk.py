"""What customers and the people at the desk write to each other: free text with names, addresses and numbers in it."""

from __future__ import annotations

SUBJECTS = (
    "Parcel has not arrived",
    "Refund for a damaged {title}",
    "Wrong colour delivered",
    "Change of delivery address",
    "Invoice needed for my order",
    "Question about the {title}",
    "Cannot log in to my account",
    "Payment was taken twice",
)

QUESTIONS = (
    "Hello, this is {name}. My parcel should have come last week. Please call me on {phone} or write to {email}.",
    "I ordered a {title} and it arrived broken. Could you send a new one to {street}, {city}? Thanks, {name}",
    "Hi, {given} here again ({email}). The colour is not what I chose. What now?",
    "Please note that we have moved: {street}, {postcode} {city}. My number is still {phone}. Regards, {name}",
    "For our books I need an invoice made out to {name}, {street}, {city}. Send it to {email}, please.",
    "Is the {title} fit for outdoors? You can reach me in the evening: {phone}. {given}",
    "My account {email} says the password is wrong, and the reset never comes. {name}, {phone}",
    "You have charged my card twice! I want this sorted out today. {name} <{email}>",
)

ANSWERS = (
    "Dear {name}, thank you for writing. We have asked the carrier and will write to {email} by tomorrow.",
    "Hello {given}, a new {title} is on its way to {street}.",
    "Dear {name}, your refund has been started; it takes three to five days.",
    "Hello {given}, we tried to call you on {phone} but could not reach you. When would suit you?",
    "Thank you {given}, the address has been changed to {street}, {postcode} {city}.",
)

THANKS = (
    "Great, thank you very much! {given}",
    "That helps. If anything is missing I will call from {phone}.",
    "Still nothing here. Please hurry. {name}",
)

AGENTS = ("Priya Raman", "Tomasz Wilk", "Ellen Marsh", "Kofi Mensah", "Nadia Haddad")
