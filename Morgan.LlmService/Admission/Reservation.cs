using Morgan.LlmService.Admission.Shared;
using Morgan.LlmService.Admission.Waiting;

namespace Morgan.LlmService.Admission;

/// <summary>What a request has set aside: settled once with what it came to, or given back.</summary>
internal sealed class Reservation : IDisposable
{
    private readonly LocalLimits _local;
    private readonly LocalEntry _entry;
    private readonly SharedBook? _book;
    private readonly WaitingLine? _line;
    private readonly string _id;
    private readonly string _model;
    private int _ended;
    private Bill _bill = new(0, 0, 0, 1);

    internal Reservation(LocalLimits local, LocalEntry entry, SharedBook? book, WaitingLine? line, string id, string model) =>
        (_local, _entry, _book, _line, _id, _model) = (local, entry, book, line, id, model);

    /// <summary>Says what the request has come to; nothing, if it is never called.</summary>
    public void Settle(in Bill bill) => _bill = bill;

    /// <summary>Books what was used in place of what was set aside.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _local.End(_entry, _bill.Used);
            _book?.Close(_id, _model, _bill);
            _line?.Beat();
        }
    }
}
