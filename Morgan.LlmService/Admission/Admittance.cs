using Morgan.LlmService.Admission.Shared;

namespace Morgan.LlmService.Admission;

/// <summary>What came of asking whether a request may go.</summary>
/// <param name="Reservation">What was set aside for it; null: it may not.</param>
/// <param name="Decision">What decided, and why not.</param>
internal readonly record struct Admittance(Reservation? Reservation, Decision Decision);
