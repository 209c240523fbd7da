namespace Morgan.LlmSimulator.Answers;

/// <summary>What a simulated host says. Everything in here is true of it, and of use to who tries Morgan.</summary>
internal static class Phrases
{
    /// <summary>First words; {0} is the host's name. A host has its own way to greet.</summary>
    public static readonly string[] Greetings =
    [
        "Hello from {0}!",
        "{0} here, good to hear from you.",
        "Greetings, this is {0}.",
        "Hi! You have reached {0}.",
        "{0} speaking, at your service.",
    ];

    /// <summary>What the user said, said back; {0} is the topic.</summary>
    public static readonly string[] Echoes =
    [
        "You wrote “{0}”.",
        "So this is about “{0}”.",
        "I have read “{0}”.",
        "“{0}”, you say.",
    ];

    /// <summary>The same for a question; {0} is the topic.</summary>
    public static readonly string[] QuestionEchoes =
    [
        "You ask “{0}”.",
        "“{0}” is a fair question.",
        "You would like to know “{0}”.",
    ];

    /// <summary>The admission, always said.</summary>
    public static readonly string[] Admissions =
    [
        "I am a simulated host without a model, so I cannot truly answer.",
        "There is no model behind me, this answer is simulated.",
        "I only simulate an LLM host, I do not think.",
    ];

    /// <summary>The way out, always said.</summary>
    public const string AddRealHost = "To talk to a real model, add its host to morgan.json under Llm:Hosts.";

    /// <summary>Said where an answer is to hold characters of two, three and four bytes.</summary>
    public const string Multilingual = "Grüße, zażółć, привет, 漢字かな, 🦉🚀.";

    /// <summary>What fills longer answers, in an order that the seed decides.</summary>
    public static readonly string[] Tips =
    [
        "Ask again and another host may answer you.",
        "The response header x-morgan-host tells which host it was.",
        "The gateway in front of me picks a host for every request.",
        "If I fail before my first word, another host takes over and you never notice.",
        "You can make me fail: send a plan with faults to /simulator/plan.",
        "With the fault kind reset I cut the connection in the middle of a word.",
        "What I was asked and what I sent is counted at /simulator/stats.",
        "My words come one by one because a model would write them so.",
        "The dashboard shows this call as a trace, with a span for each attempt.",
        "An Ollama on port 11434 is found without any configuration.",
        "Hosts that you add to morgan.json are picked up without a restart.",
        "Leave in the middle of a stream and I stop at once.",
        "Embeddings, by contrast, are real: the gateway gets them from a model on your own machine.",
        "The usage that I report is counted, not invented.",
        "Take me away and the circuit opens after a few failures.",
        "I can wait, stall, stutter and redirect, all on request.",
        "A rented host would charge you for these tokens.",
    ];

    /// <summary>Last words by their number of tokens, from 2: an answer has exactly as many tokens as planned.</summary>
    public static readonly string[] Closings =
    [
        " Goodbye.",
        " See you.",
        " That is all.",
        " That is all here.",
        " That is all from me.",
        " That is all from me today.",
        " That is all I have to say.",
        " That is all I have to say here.",
        " That is all I have to say for now.",
        " And that is all I have to say for now.",
        " And that is really all I have to say for now.",
        " And that is really all that I have to say for now.",
    ];
}
