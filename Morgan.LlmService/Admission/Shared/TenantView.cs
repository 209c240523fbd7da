namespace Morgan.LlmService.Admission.Shared;

/// <summary>A tenant, for <c>/admin/tenants</c>.</summary>
/// <param name="Tenant">Its name.</param>
/// <param name="Books">Whose numbers these are: <c>shared</c>, or <c>this replica</c> alone.</param>
/// <param name="Limits">What it may use.</param>
/// <param name="Used">What it has used; reservations of requests at work are in it.</param>
/// <param name="Reserved">What of it is set aside; null: not known.</param>
/// <param name="Models">Today's ledger by model, in UTC; null: not known.</param>
internal sealed record TenantView(
    string Tenant, string Books, LimitsView Limits, UsedView Used, ReservedView? Reserved, IReadOnlyDictionary<string, ModelUsageView>? Models);
