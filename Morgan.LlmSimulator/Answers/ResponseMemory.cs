using Morgan.LlmSimulator.Requests;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmSimulator.Answers;

/// <summary>What the last 1,000 stored responses were about, so that <c>previous_response_id</c> works on the host that made it, and only there.</summary>
internal sealed class ResponseMemory
{
    private const int Capacity = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _topics = new(StringComparer.Ordinal);
    private readonly Queue<string> _ages = new();

    /// <summary>Keeps a response's topic.</summary>
    public void Remember(string id, string topic)
    {
        lock (_lock)
        {
            if (_topics.TryAdd(id, topic))
            {
                _ages.Enqueue(id);
            }

            if (_ages.Count > Capacity)
            {
                _topics.Remove(_ages.Dequeue());
            }
        }
    }

    /// <summary>The topic of a response that this host made.</summary>
    /// <exception cref="BadRequestException">It made none of that id, or forgot it.</exception>
    public string Recall(string id)
    {
        lock (_lock)
        {
            return _topics.TryGetValue(id, out string? topic)
                ? topic
                : throw new BadRequestException(new OpenAiError(400, "invalid_request_error", "previous_response_not_found",
                    $"Previous response with id '{id}' not found.", "previous_response_id"));
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _topics.Clear();
            _ages.Clear();
        }
    }
}
