/** JSON Schema of an order event: what does not match it never reaches a handler. */
export const orderSchema = {
  type: 'object',
  properties: {
    run: { type: 'string' },
    number: { type: 'integer', minimum: 1 },
    type: { enum: ['order.placed', 'order.paid', 'order.shipped', 'order.cancelled'] },
    orderId: { type: 'string' },
    customerId: { type: 'string' },
    at: { type: 'integer' },
    currency: { enum: ['EUR', 'USD', 'GBP', 'CHF', 'JPY'] },
    amount: { type: 'integer', minimum: 0 },
    items: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: {
          sku: { type: 'string' },
          name: { type: 'string' },
          quantity: { type: 'integer', minimum: 1 },
          unitPrice: { type: 'integer', minimum: 0 },
        },
        required: ['sku', 'name', 'quantity', 'unitPrice'],
      },
    },
  },
  required: ['run', 'number', 'type', 'orderId', 'customerId', 'at', 'currency', 'amount', 'items'],
} as const;
