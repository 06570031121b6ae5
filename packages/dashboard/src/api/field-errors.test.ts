import { describe, expect, test } from '@jest/globals';
import { ApiError } from './client.ts';
import { fieldErrors } from './field-errors.ts';

const refused = (...details: { field: string; message: string }[]) =>
  new ApiError('Invalid body.', { statusCode: 400, details });

describe('what the API says of a form', () => {
  test('stands at its fields, and says at the foot where to look', () => {
    const error = refused(
      {
        field: 'alerts.no_traffic.after_seconds',
        message: 'alerts.no_traffic.after_seconds must be seconds',
      },
      { field: 'alerts.receivers.1', message: 'alerts.receivers.1 must be a mail address' },
    );
    const { byField, rest } = fieldErrors(
      error,
      ['receivers', 'no_traffic.after_seconds'],
      'alerts.',
    );
    expect(byField).toEqual({
      'no_traffic.after_seconds': 'Must be seconds',
      receivers: 'Must be a mail address',
    });
    expect(rest).toMatchObject({ message: expect.stringContaining('marked'), details: [] });
  });

  test('is told whole where it is about none of them', () => {
    const error = refused({ field: 'color', message: 'Unknown field "color"' });
    expect(fieldErrors(error, ['name'])).toMatchObject({
      byField: {},
      rest: { message: error.message, details: error.details, statusCode: 400 },
    });
    expect(fieldErrors(error, ['name'], 'alerts.').byField).toEqual({});
  });

  test('is nothing where there is no error', () => {
    expect(fieldErrors(null, ['name'])).toEqual({ byField: {}, rest: null });
  });
});
